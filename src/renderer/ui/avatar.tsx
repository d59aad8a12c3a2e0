import type { CSSProperties } from 'react'
import { useWorkspace } from '../lib/workspace.tsx'
import styles from './avatar.module.css'

/** One or two letters that stand for a name: the first of the first and of the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._/@-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = [...(words[0] ?? '?')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

type Props = {
  readonly memberId: string
  /** Pixels; 18 unless told. */
  readonly size?: number
  /** Say the name to screen readers too, where no text beside it does. */
  readonly named?: boolean
}

/** A person: initials on the colour of their id. */
export function Avatar({ memberId, size = 18, named = false }: Props) {
  const member = useWorkspace().memberById.get(memberId)
  const name = member?.name ?? 'Someone'
  const style = {
    '--who': member?.colour ?? 'gray',
    '--avatar-size': `${size}px`,
    '--avatar-text': `${Math.max(8, Math.round(size * 0.42))}px`,
  } as CSSProperties
  return (
    <span
      className={styles.avatar}
      style={style}
      title={name}
      {...(named ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
    >
      {initialsOf(name)}
    </span>
  )
}

/** Several people, overlapping; those beyond `most` are counted. */
export function AvatarStack({
  memberIds,
  most = 3,
  size = 18,
}: {
  memberIds: readonly string[]
  most?: number
  size?: number
}) {
  const { memberById } = useWorkspace()
  if (memberIds.length === 0) return null
  const shown = memberIds.length > most ? memberIds.slice(0, most - 1) : memberIds
  const names = memberIds.map((id) => memberById.get(id)?.name ?? 'Someone').join(', ')
  return (
    <span className={styles.stack} role="img" aria-label={`Assigned to ${names}`} title={names}>
      {shown.map((id) => (
        <Avatar key={id} memberId={id} size={size} />
      ))}
      {shown.length < memberIds.length && (
        <span className={styles.more}>+{memberIds.length - shown.length}</span>
      )}
    </span>
  )
}
