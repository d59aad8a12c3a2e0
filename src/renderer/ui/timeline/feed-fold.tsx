import { ChevronRight, Eye, Layers } from 'lucide-react'
import type { FeedItem } from '#contract/answers/answers.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { AvatarStack } from '../avatar.tsx'
import styles from './feed.module.css'
import { Actor, FeedLine, type FeedSurroundings, HappenedAt, RailLine } from './feed-line.tsx'
import { foldSummary } from './fold-summary.ts'
import { IssueName } from './sentence-view.tsx'

type Props = {
  /** Newest first, at least two. */
  readonly items: readonly FeedItem[]
  readonly around: FeedSurroundings
  readonly open: boolean
  readonly onToggle: () => void
}

const namesOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`

/** Several small events in one line that opens. */
export function FeedFold({ items, around, open, onToggle }: Props) {
  const { memberById } = useWorkspace()
  const newest = items[0]
  if (!newest) return null
  const issues = new Map(items.flatMap(({ issue }) => (issue ? [[issue.id, issue] as const] : [])))
  const only = issues.size === 1 ? [...issues.values()][0] : undefined
  const people = [...new Set(items.map(({ actorId }) => actorId))]
  const viewed = newest.type === 'viewed'
  const names = namesOf(people.map((id) => memberById.get(id)?.name ?? 'Someone'))
  return (
    <>
      <RailLine
        icon={
          viewed ? (
            <Eye size={14} strokeWidth={1.5} aria-hidden />
          ) : (
            <Layers size={14} strokeWidth={1.5} aria-hidden />
          )
        }
        muted={viewed || newest.triggeredBy === 'automation'}
      >
        <div className={styles.sentence}>
          {people.length === 1 ? (
            <Actor item={newest} />
          ) : (
            <span className={styles.people}>
              <AvatarStack memberIds={people} size={18} />
              <bdi>{names}</bdi>
            </span>
          )}{' '}
          {foldSummary(items)}{' '}
          {around.showIssue && only && (
            <>
              on <IssueName name={only.key} title={only.title} />{' '}
            </>
          )}
          {issues.size > 1 && `on ${issues.size} issues `}
          <button type="button" className={styles.toggle} aria-expanded={open} onClick={onToggle}>
            <ChevronRight size={12} strokeWidth={2} aria-hidden />
            {items.length} events
          </button>
        </div>
        <HappenedAt item={newest} />
      </RailLine>
      {open && (
        <div className={styles.inside}>
          {items.map((item) => (
            <FeedLine key={item.id} item={item} around={around} actor={people.length > 1} />
          ))}
        </div>
      )}
    </>
  )
}
