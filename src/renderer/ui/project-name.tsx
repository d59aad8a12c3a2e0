import { Folder } from 'lucide-react'
import { useWorkspace } from '../lib/workspace.tsx'
import styles from './label-dot.module.css'

/** A project: its icon and its name. */
export function ProjectName({ projectId }: { readonly projectId: string }) {
  const name = useWorkspace().projectById.get(projectId)?.name ?? 'unknown project'
  return (
    <span className={styles.label} title={`Project: ${name}`}>
      <Folder size={13} strokeWidth={1.5} aria-hidden />
      <span className="visually-hidden">Project </span>
      <span className={styles.name} dir="auto">
        {name}
      </span>
    </span>
  )
}
