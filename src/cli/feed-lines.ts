import { clockWords, correctionWords } from '#contract/clock-words.ts'
import type { FeedItem } from '#contract/views.ts'
import type { TimesCorrected } from '#core/time-events.ts'
import { instantText, safeLine } from './output.ts'
import { fitted, outputWidth, widthOf } from './table.ts'

const ruleName = (rule: unknown): string => String((rule as { name?: unknown } | undefined)?.name ?? '')

/** Which rule did it, and why; empty for what people did. @param cause who did what that set it off, where it is known. */
function automation(item: FeedItem, cause: string | undefined): string {
  if (item.triggeredBy !== 'automation') return ''
  const { ruleName: rule, causationText } = item.metadata
  const why = cause ?? causationText
  const because = typeof why === 'string' ? `, because ${why}` : ''
  return ` [by rule "${typeof rule === 'string' ? rule : 'unknown'}"${because}]`
}

/** What an event did, in a few words, for a terminal. Custom types are named as they are. */
export function deed(item: FeedItem): string {
  const data = item.data as Record<string, string | undefined>
  if (item.waiting) return 'did something that a newer Docket recorded'
  const name = (id: string | undefined): string => (id && item.names[id]) || 'something'
  switch (item.type) {
    case 'created':
      return `created it: ${data.title}`
    case 'status_changed':
      return `moved it: ${data.from} → ${data.to}${data.reason ? ` (${data.reason})` : ''}`
    case 'commented':
      return item.comment?.deleted ? 'commented (deleted since)' : `commented: ${item.comment?.body ?? ''}`
    case 'comment_edited':
      return 'edited a comment'
    case 'comment_deleted':
      return 'deleted a comment'
    case 'title_changed':
    case 'priority_changed':
    case 'due_date_changed':
      return `changed the ${item.type.replace('_changed', '').replace('_', ' ')}: ${data.from ?? 'none'} → ${data.to ?? 'none'}`
    case 'project_changed':
      return `changed the project: ${data.from === null ? 'none' : name(data.from)} → ${data.to === null ? 'none' : name(data.to)}`
    case 'description_changed':
      return 'changed the description'
    case 'field_changed':
      return `changed ${data.field}`
    case 'attached':
      return `attached ${data.name}`
    case 'assigned':
    case 'unassigned':
    case 'subscribed':
    case 'unsubscribed':
      return `${item.type} ${name(data.memberId)}`
    case 'muted':
    case 'unmuted':
      return data.memberId === item.actorId ? item.type : `${item.type} for ${name(data.memberId)}`
    case 'notified':
      return `notified ${name(data.memberId)}: ${data.text}`
    case 'labeled':
    case 'unlabeled':
      return `${item.type} ${name(data.labelId)}`
    case 'linked':
    case 'unlinked':
      return `${item.type}: ${String(data.kind).replace('_', ' ')} ${name(data.target)}`
    case 'rule_added':
      return `added the rule ${ruleName(item.data.rule)}`
    case 'rule_changed':
      return `changed the rule ${ruleName(item.data.from)}`
    case 'rule_enabled':
    case 'rule_disabled':
    case 'rule_removed':
      return `${item.type.replace('rule_', '')} the rule ${data.name}`
    case 'owners_noted':
      return 'noted who the owners are'
    case 'member_email_changed':
      return data.to ? `gave a member the address ${String(data.to)}` : 'took a member’s address away'
    case 'rule_hold_answered':
      return `had the rule ${data.name} ${data.acts ? 'act on' : 'leave alone'} ${String(data.issues)} issues that it waited with`
    case 'times_corrected':
      return correctionWords(item.data as TimesCorrected['data'])
    default:
      return item.type.replaceAll('_', ' ')
  }
}

/** What set a rule off, in a few words. */
export function causeWords(cause: FeedItem, actor: string): string {
  const words = safeLine(`${actor} ${deed(cause)}`)
  return words.length <= 60 ? words : `${words.slice(0, 59).toWellFormed()}…`
}

/** One line an event: when, which issue, who, what. @param cause what set it off, where a rule did it and that is known. */
export function feedLine(item: FeedItem, actor: string, cause?: string, width = outputWidth()): string {
  const clock = clockWords(item)
  const said = safeLine(
    `${deed(item)}${automation(item, cause)}${item.superseded ? ' [superseded: no effect]' : ''}${clock === null ? '' : ` [${clock.charAt(0).toLowerCase()}${clock.slice(1)}]`}`,
  )
  const head = `${instantText(item.occurredAt)}  ${fitted(safeLine(item.issue?.key ?? item.streamType), 10)}  ${fitted(safeLine(actor), 18)}  `
  return head + fitted(said, Math.max(20, Math.min(widthOf(said), width - widthOf(head)))).trimEnd()
}
