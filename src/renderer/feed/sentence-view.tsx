import { format, parseISO } from 'date-fns'
import { Fragment, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { FeedItem } from '#contract/views.ts'
import { priorities } from '#core/priority-order.ts'
import { issuePath, memberPath } from '../app/paths.ts'
import { useWorkspace } from '../app/workspace.tsx'
import { Dot, LabelDot } from '../signs/label-dot.tsx'
import { PriorityBars, priorityName } from '../signs/priority-bars.tsx'
import { StatusRing } from '../signs/status-ring.tsx'
import styles from './feed.module.css'
import type { Part, Sentence } from './sentence-parts.ts'

const longest = 120
const cut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`

function dayText(day: string): string {
  const date = parseISO(day)
  return Number.isNaN(date.getTime()) ? day : format(date, 'd MMMM yyyy')
}

function StatusName({ id }: { readonly id: string }) {
  const { stateById } = useWorkspace()
  return (
    <span className={styles.sign}>
      <StatusRing status={id} size={13} />
      {stateById.get(id)?.name ?? id}
    </span>
  )
}

function LabelName({ id, name }: { readonly id: string; readonly name: string }) {
  const known = useWorkspace().labelById.has(id)
  return <span className={styles.sign}>{known ? <LabelDot labelId={id} /> : <bdi>{cut(name)}</bdi>}</span>
}

/** An issue by its key and title, as a link. @param name `KEY title` */
export function IssueName({ name }: { readonly name: string }) {
  const space = name.indexOf(' ')
  const key = space === -1 ? name : name.slice(0, space)
  return (
    <Link href={issuePath(key)} className={styles.issue} title={name}>
      <span className={styles.key}>{key}</span>
      {space !== -1 && (
        <>
          {' '}
          <bdi>{cut(name.slice(space + 1))}</bdi>
        </>
      )}
    </Link>
  )
}

function PartView({
  part,
  item,
  showIssue,
}: {
  readonly part: Part
  readonly item: FeedItem
  readonly showIssue: boolean
}): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'value':
      return (
        <span className={styles.value} dir="auto" title={part.text.length > longest ? part.text : undefined}>
          {cut(part.text)}
        </span>
      )
    case 'nothing':
      return <span className={styles.nothing}>{part.text}</span>
    case 'arrow':
      return (
        <span className={styles.arrow} role="img" aria-label="to">
          →
        </span>
      )
    case 'status':
      return <StatusName id={part.id} />
    case 'priority': {
      const level = priorities.find((known) => known === part.value) ?? 'none'
      return (
        <span className={styles.sign}>
          <PriorityBars priority={level} />
          {priorityName[level]}
        </span>
      )
    }
    case 'day':
      return <span className={styles.value}>{dayText(part.day)}</span>
    case 'colour':
      return (
        <span className={styles.sign}>
          <Dot colour={part.colour} />
          <code className={styles.key}>{part.colour}</code>
        </span>
      )
    case 'person':
      return (
        <Link href={memberPath(part.id)} className={styles.person} dir="auto">
          {part.name}
        </Link>
      )
    case 'label':
      return <LabelName id={part.id} name={part.name} />
    case 'issue':
      return <IssueName name={part.name} />
    case 'file':
      return part.url && /^https?:/i.test(part.url) ? (
        <a
          href={part.url}
          target="_blank"
          rel="noreferrer"
          className={styles.issue}
          title={part.url}
          dir="auto"
        >
          {cut(part.name)}
        </a>
      ) : (
        <span className={styles.value} dir="auto">
          {cut(part.name)}
        </span>
      )
    case 'here':
      if (!showIssue || !item.issue) return part.otherwise === '' ? null : part.otherwise
      return (
        <>
          {part.before === '' ? '' : `${part.before} `}
          <IssueName name={`${item.issue.key} ${item.issue.title}`} />
        </>
      )
  }
}

/** Signs that are too short to be torn apart at the end of a line. */
const short: ReadonlySet<Part['kind']> = new Set(['status', 'priority', 'day', 'colour', 'arrow', 'nothing'])

/** Puts what belongs to one change (`from → to`) together, so that it breaks over lines only where it must. */
function phrasesOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const phrases: Part[][] = []
  parts.forEach((part, index) => {
    const joins = part.kind === 'arrow' || parts[index - 1]?.kind === 'arrow'
    const last = phrases.at(-1)
    if (last && joins && short.has(part.kind) && last.every(({ kind }) => short.has(kind))) last.push(part)
    else phrases.push([part])
  })
  return phrases
}

/** A sentence's words and signs, in one flow of text. */
export function SentenceView({
  sentence,
  item,
  showIssue,
}: {
  readonly sentence: Sentence
  readonly item: FeedItem
  readonly showIssue: boolean
}) {
  const before = sentence.parts.findIndex(({ kind }) => kind === 'arrow') - 1
  const from = sentence.parts[before]
  const view = (part: Part) =>
    part === from && part.kind !== 'text' && part.kind !== 'here' ? (
      <span className={styles.from}>
        <PartView part={part} item={item} showIssue={showIssue} />
      </span>
    ) : (
      <PartView part={part} item={item} showIssue={showIssue} />
    )
  return (
    <>
      {phrasesOf(sentence.parts).map((phrase, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
        <Fragment key={index}>
          <span className={phrase.length > 1 ? styles.together : undefined}>
            {phrase.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
              <Fragment key={at}>
                {at > 0 && ' '}
                {view(part)}
              </Fragment>
            ))}
          </span>{' '}
        </Fragment>
      ))}
    </>
  )
}
