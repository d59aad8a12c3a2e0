import type { FeedItem } from '#contract/answers/answers.ts'
import { clockWords } from '#contract/describe-clock.ts'
import { describeItem } from '#contract/describe-item.ts'
import { type PrintStyle, printDescription } from '#core/describe/print-description.ts'
import { printedInstant, safeLine } from './output.ts'
import { fitted, outputWidth, widthOf } from './table.ts'

/** How a line calls people and states. */
export type LineNames = {
  readonly person: (id: string) => string
  readonly status: (id: string) => string
}

/** Which rule did it, and why; empty for what people did. @param cause who did what that set it off, where it is known. */
function automation(item: FeedItem, cause: string | undefined): string {
  if (item.triggeredBy !== 'automation') return ''
  const { ruleName: rule, causationText } = item.metadata
  const why = cause ?? causationText
  const because = typeof why === 'string' ? `, because ${why}` : ''
  return ` [by rule "${typeof rule === 'string' ? rule : 'unknown'}"${because}]`
}

/** What an event did, for a terminal; the line names its issue and its actor before. A comment is told as it is now. */
function described(item: FeedItem, names: LineNames): string {
  const description = describeItem(item, names.person(item.actorId), names.status)
  const style: PrintStyle = { changes: 'arrows', here: null, tails: ['reason', 'detail', 'title', 'text'] }
  if (item.comment?.deleted)
    return `${printDescription({ ...description, tail: null }, style)} (deleted since)`
  const tail = item.comment ? ({ kind: 'text', text: item.comment.body } as const) : description.tail
  return printDescription({ ...description, tail }, style)
}

/** What set a rule off, in a few words. */
export function describeCause(cause: FeedItem, names: LineNames): string {
  const words = safeLine(`${names.person(cause.actorId)} ${described(cause, names)}`)
  return words.length <= 60 ? words : `${words.slice(0, 59).toWellFormed()}…`
}

/** One line an event: when, which issue, who, what. @param cause what set it off, where a rule did it and that is known. */
export function feedLine(item: FeedItem, names: LineNames, cause?: string, width = outputWidth()): string {
  const clock = clockWords(item)
  const said = safeLine(
    `${described(item, names)}${automation(item, cause)}${item.superseded ? ' [superseded: no effect]' : ''}${clock === null ? '' : ` [${clock.charAt(0).toLowerCase()}${clock.slice(1)}]`}`,
  )
  const head = `${printedInstant(item.occurredAt)}  ${fitted(safeLine(item.issue?.key ?? item.streamType), 10)}  ${fitted(safeLine(names.person(item.actorId)), 18)}  `
  return head + fitted(said, Math.max(20, Math.min(widthOf(said), width - widthOf(head)))).trimEnd()
}
