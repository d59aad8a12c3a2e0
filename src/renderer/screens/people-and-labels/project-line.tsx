import { Folder } from 'lucide-react'
import { Link } from 'wouter'
import type { ProjectView } from '#contract/answers/answers.ts'
import { issuesPath, term } from '../../lib/paths.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { EditableName } from './editable-name.tsx'
import styles from './people-and-labels.module.css'

/** A project: its name in a field, and how many open issues are in it. */
export function ProjectLine({ project }: { readonly project: ProjectView }) {
  const run = useCommands()
  return (
    <li className={styles.line}>
      <Folder size={16} strokeWidth={1.5} aria-hidden />
      <EditableName
        name={project.name}
        label={`Name of the project ${project.name}`}
        onRename={(name) =>
          run(
            { type: 'rename_project', projectId: project.id, name },
            {
              done: `Renamed to ${name}`,
              undo: () => [{ type: 'rename_project', projectId: project.id, name: project.name }],
            },
          )
        }
      />
      <Link href={issuesPath(`is:open ${term('project', project.name)}`)} className={styles.open}>
        {project.open.toLocaleString()} open
      </Link>
    </li>
  )
}
