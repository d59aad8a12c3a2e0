import { Fragment, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { FeedItem } from '#contract/answers/answers.ts'
import type { Description } from '#core/describe/describe-event.ts'
import type { Part, Value } from '#core/describe/parts.ts'
import { dayName } from '#core/describe/print-description.ts'
import { priorities } from '#core/issue/fields/priority-order.ts'
import { unreachable } from '#core/values/unreachable.ts'
import { issuePath, memberPath } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Dot, LabelDot } from '../label-dot.tsx'
import { PriorityBars, priorityName } from '../priority-bars.tsx'
import { StatusRing } from '../status-ring.tsx'
import styles from './feed.module.css'

const longest = 120
const cut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`

function StatusName({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <span className={styles.sign}>
      <StatusRing status={id} size={13} />
      {name}
    </span>
  )
}

function LabelName({ id, name }: { readonly id: string; readonly name: string }) {
  const known = useWorkspace().labelById.has(id)
  return <span className={styles.sign}>{known ? <LabelDot labelId={id} /> : <bdi>{cut(name)}</bdi>}</span>
}

/** An issue by its key and title, as a link. */
export function IssueName({ name, title }: { readonly name: string; readonly title: string | null }) {
  return (
    <Link href={issuePath(name)} className={styles.issue} title={title === null ? name : `${name} ${title}`}>
      <span className={styles.key}>{name}</span>
      {title !== null && (
        <>
          {' '}
          <bdi>{cut(title)}</bdi>
        </>
      )}
    </Link>
  )
}

function FileName({ name, url }: { readonly name: string; readonly url: string | null }) {
  return url && /^https?:/i.test(url) ? (
    <a href={url} target="_blank" rel="noreferrer" className={styles.issue} title={url} dir="auto">
      {cut(name)}
    </a>
  ) : (
    <span className={styles.value} dir="auto">
      {cut(name)}
    </span>
  )
}

function TypedText({ text }: { readonly text: string }) {
  return (
    <span className={styles.value} dir="auto" title={text.length > longest ? text : undefined}>
      {cut(text)}
    </span>
  )
}

function ValueView({ value }: { readonly value: Value }): ReactNode {
  switch (value.kind) {
    case 'value':
    case 'name':
      return <TypedText text={value.text} />
    case 'nothing':
      return <span className={styles.nothing}>{value.text}</span>
    case 'status':
      return <StatusName id={value.id} name={value.name} />
    case 'priority': {
      const level = priorities.find((known) => known === value.value) ?? 'none'
      return (
        <span className={styles.sign}>
          <PriorityBars priority={level} />
          {priorityName[level]}
        </span>
      )
    }
    case 'day':
      return <span className={styles.value}>{dayName(value.day)}</span>
    case 'colour':
      return (
        <span className={styles.sign}>
          <Dot colour={value.colour} />
          <code className={styles.key}>{value.colour}</code>
        </span>
      )
    case 'entity':
      if (value.of === 'label') return <LabelName id={value.id} name={value.name} />
      return value.of === 'member' ? (
        <Link href={memberPath(value.id)} className={styles.person} dir="auto">
          {value.name}
        </Link>
      ) : (
        <TypedText text={value.name} />
      )
    case 'issue':
      return <IssueName name={value.key} title={value.title} />
    case 'file':
      return <FileName name={value.name} url={value.url} />
    default:
      return unreachable(value)
  }
}

/** Chips that are too short to be torn apart at the end of a line. */
const short: ReadonlySet<Part['kind']> = new Set(['status', 'priority', 'day', 'colour', 'nothing'])

const Former = ({ value }: { readonly value: Value }) => (
  <span className={styles.from}>
    <ValueView value={value} />
  </span>
)

/** What was and what is now; it breaks over lines only where it must. */
function ChangeView({ from, to }: { readonly from: Value | null; readonly to: Value }) {
  const together = short.has(to.kind) && (from === null || short.has(from.kind))
  return (
    <span className={together ? styles.together : undefined}>
      {from !== null && (
        <>
          <Former value={from} />{' '}
        </>
      )}
      <span className={styles.arrow} role="img" aria-label="to">
        →
      </span>{' '}
      <ValueView value={to} />
    </span>
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
    case 'here':
      if (!showIssue || !item.issue) return part.otherwise === '' ? null : part.otherwise
      return (
        <>
          {part.before === '' ? '' : `${part.before} `}
          <IssueName name={item.issue.key} title={item.issue.title} />
        </>
      )
    case 'change':
      return <ChangeView from={part.from} to={part.to} />
    case 'was':
      return (
        <span className={styles.gone}>
          <Former value={part.value} />
        </span>
      )
    default:
      return <ValueView value={part} />
  }
}

/** A sentence's words, chips and icons, in one flow of text. */
export function SentenceView({
  description,
  item,
  showIssue,
}: {
  readonly description: Description
  readonly item: FeedItem
  readonly showIssue: boolean
}) {
  return (
    <>
      {description.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
        <Fragment key={index}>
          <PartView part={part} item={item} showIssue={showIssue} />{' '}
        </Fragment>
      ))}
    </>
  )
}
