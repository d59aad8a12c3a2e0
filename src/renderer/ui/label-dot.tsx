import type { CSSProperties } from 'react'
import { useWorkspace } from '../lib/workspace.tsx'
import styles from './label-dot.module.css'

type Props = {
  readonly labelId: string
  /** The dot alone, named to screen readers. */
  readonly dotOnly?: boolean
}

/** A label: its dot and its name. */
export function LabelDot({ labelId, dotOnly = false }: Props) {
  const label = useWorkspace().labelById.get(labelId)
  const name = label?.name ?? 'unknown label'
  const dot = <Dot colour={label?.colour ?? 'gray'} />
  if (dotOnly) {
    return (
      <span role="img" aria-label={name} title={name} className={styles.label}>
        {dot}
      </span>
    )
  }
  return (
    <span className={styles.label} title={name}>
      {dot}
      <span className={styles.name} dir="auto">
        {name}
      </span>
    </span>
  )
}

/** A dot of any colour, kept apart from its ground in both themes. */
export function Dot({ colour }: { colour: string }) {
  return <span className={styles.dot} style={{ '--dot': colour } as CSSProperties} aria-hidden />
}
