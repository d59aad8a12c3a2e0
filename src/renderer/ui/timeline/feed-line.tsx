import { Bot, ClockAlert, Import, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { FeedItem } from '#contract/answers/answers.ts'
import { clockWords } from '#contract/describe-clock.ts'
import { describeItem } from '#contract/describe-item.ts'
import { conflictsPath, memberPath } from '../../lib/paths.ts'
import { conflictLostBy } from '../../lib/queries/find-conflict.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { TextDiff } from '../diff/text-diff.tsx'
import { EventIcon } from '../event-icon.tsx'
import { RelativeTime } from '../relative-time.tsx'
import styles from './feed.module.css'
import { automationOf, plainSentence } from './sentence.ts'
import { SentenceView } from './sentence-view.tsx'

/** What a line needs to know of the feed it stands in. */
export type FeedSurroundings = {
  /** Name the issue in every line; false on an issue's own page. */
  readonly showIssue: boolean
  /** An event among those loaded. */
  readonly find: (eventId: string) => FeedItem | undefined
}

export function useActorName(): (item: FeedItem) => string {
  const { memberById } = useWorkspace()
  return (item) => memberById.get(item.actorId)?.name ?? item.names[item.actorId] ?? 'Someone'
}

/** Who did it: picture and name, leading to what else they did. */
export function Actor({ item, pictured = true }: { readonly item: FeedItem; readonly pictured?: boolean }) {
  const name = useActorName()(item)
  return (
    <Link href={memberPath(item.actorId)} className={styles.actor}>
      {pictured && <Avatar memberId={item.actorId} size={18} />}
      <bdi>{name}</bdi>
    </Link>
  )
}

/** When it happened, and quietly that it came from an import. */
export function HappenedAt({ item }: { readonly item: FeedItem }) {
  return (
    <span className={styles.when}>
      {item.triggeredBy === 'import' && (
        <span className={styles.imported} title="Imported, with the time it had where it came from">
          <Import size={12} strokeWidth={1.5} aria-hidden />
          <span className="visually-hidden">imported</span>
        </span>
      )}
      <ClockIcon item={item} />
      <RelativeTime at={item.occurredAt} />
    </span>
  )
}

/** Its time is not to be trusted: the clock that gave it ran ahead, or jumped. */
function ClockIcon({ item }: { readonly item: FeedItem }) {
  const text = clockWords(item)
  if (text === null) return null
  return (
    <span className={styles.ahead} title={text}>
      <ClockAlert size={12} strokeWidth={1.5} role="img" aria-label={text} />
    </span>
  )
}

function Automation({ item, find }: { readonly item: FeedItem; readonly find: FeedSurroundings['find'] }) {
  const { stateById } = useWorkspace()
  const actorName = useActorName()
  const automation = automationOf(item)
  if (!automation) return null
  const cause = automation.causeId === null ? undefined : find(automation.causeId)
  const words = { statusName: (id: string) => stateById.get(id)?.name ?? id, showIssue: false }
  const because = cause ? plainSentence(cause, actorName(cause), words) : automation.because
  return (
    <span className={styles.because}>
      <Bot size={12} strokeWidth={1.5} aria-hidden />
      {automation.rule === null ? 'automatically' : `by rule “${automation.rule}”`}
      {because ? `, because ${because}` : ''}
    </span>
  )
}

/** The move that came too late, to be made again where the issue machine still allows it; that settles its conflict. */
function ApplyAnyway({ item }: { readonly item: FeedItem }) {
  const run = useCommands()
  const { transition } = item.data
  if (item.type !== 'status_changed' || typeof transition !== 'string' || !item.issue) return null
  const issueId = item.issue.id
  const apply = async () => {
    const conflictId = await conflictLostBy(item.id, issueId)
    await run(
      conflictId === null
        ? { type: 'transition', issueId, transition }
        : { type: 'flip_conflict', issueId, conflictId },
      { done: 'Applied' },
    )
  }
  return (
    <button type="button" className={styles.apply} onClick={() => void apply()}>
      <Undo2 size={12} strokeWidth={1.5} aria-hidden />
      Apply anyway
    </button>
  )
}

/** One event in one line: icon, actor, what changed, time. @param actor false where the line above names them */
export function FeedLine({
  item,
  around,
  actor = true,
}: {
  readonly item: FeedItem
  readonly around: FeedSurroundings
  readonly actor?: boolean
}) {
  const name = useActorName()(item)
  const { stateById } = useWorkspace()
  const description = describeItem(item, name, (id) => stateById.get(id)?.name)
  const { sign, tail } = description
  const reason = tail && (tail.kind === 'reason' || tail.kind === 'detail') ? tail.text : null
  const words = <SentenceView description={description} item={item} showIssue={around.showIssue} />
  return (
    <RailLine
      icon={<EventIcon sign={sign} />}
      muted={item.triggeredBy === 'automation' || item.type === 'viewed'}
    >
      <div className={styles.sentence}>
        {actor && <Actor item={item} />}{' '}
        {item.superseded ? <s className={styles.superseded}>{words}</s> : words}
        <Automation item={item} find={around.find} />
        {item.superseded && (
          <span className={styles.because}>
            no effect: somebody else changed it first
            <Link
              href={conflictsPath({
                eventId: item.id,
                ...(item.issue ? { issueId: item.issue.id } : {}),
              })}
              className={styles.apply}
            >
              Show both
            </Link>
            <ApplyAnyway item={item} />
          </span>
        )}
        {reason && <p className={styles.reason}>{reason}</p>}
        {item.type === 'description_changed' && !item.erased && <TextDiff item={item} find={around.find} />}
      </div>
      <HappenedAt item={item} />
    </RailLine>
  )
}

/** The shape of a line: an icon on the rail, and what it stands for. */
export function RailLine({
  icon,
  muted = false,
  children,
}: {
  readonly icon: ReactNode
  readonly muted?: boolean
  readonly children: ReactNode
}) {
  return (
    <div className={styles.line} data-muted={muted || undefined}>
      <span className={styles.icon}>{icon}</span>
      {children}
    </div>
  )
}
