import type { RecordedEvent } from '#core/events/event.ts'
import type { StateCategory } from '#core/workflow/workflow.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { type EventIssue, eventIssue, issueLink } from '../../shared/cloud-event.ts'
import { cutAtWord, cutEscaped } from '../../shared/cut-text.ts'
import { actorName, eventSentence, listedNames, writtenComment } from '../../shared/event-sentence.ts'

/** A block of a message, as https://docs.discord.com/developers/resources/message#embed-object has it. */
export type DiscordEmbed = {
  readonly title?: string
  readonly url?: string
  readonly description?: string
  readonly color?: number
  readonly timestamp?: string
  readonly author?: { readonly name: string }
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline: boolean }[]
}
/** What is posted to a webhook. `parse: []`: whatever a text says, nobody is told by it. */
export type DiscordMessage = {
  readonly embeds: readonly DiscordEmbed[]
  readonly allowed_mentions: { readonly parse: readonly [] }
}

/** Discord's limits, in characters; `total` is of all embeds of a message together. */
export const discordLimits = {
  title: 256,
  description: 4_096,
  author: 256,
  fields: 25,
  fieldName: 256,
  fieldValue: 1_024,
  embeds: 10,
  total: 6_000,
} as const

/** A fact of an issue is shown this far, so that title, text and facts together stay below the total. */
const longestFact = 200
/** Of the title's and the description's room in a message of ten embeds. */
const longestShared = 280

/**
 * A text as Discord shows it unchanged: no mark of its Markdown, no mention (which `allowed_mentions` would not let through either), and no link behind
 * other words.
 */
export const escapeDiscord = (text: string): string =>
  text
    .replace(/[\\*_~`|<>[\]()]/g, '\\$&')
    .replace(/^(\s*)([#+-])/gm, '$1\\$2')
    // A blank without width: the word can be read, and means nobody.
    .replace(/@(?=everyone|here)/gi, '@\u200b')

const escapedDiscord = (text: string, limit: number): string => cutEscaped(text, limit, escapeDiscord)

const colours: Readonly<Record<StateCategory, number>> = {
  todo: 0x5e6ad2,
  doing: 0xd29922,
  done: 0x2da44e,
  cancelled: 0x8b949e,
}
const urgent = 0xcf222e

/** By the state's category; what is urgent and not over is red. */
function colourOf({ statusCategory, priority }: EventIssue): number {
  const isOver = statusCategory === 'done' || statusCategory === 'cancelled'
  return priority === 'urgent' && !isOver ? urgent : colours[statusCategory]
}

/** Discord opens addresses of the web alone. @param base where a browser finds this workspace; `''` for nowhere. */
export const discordLink = (key: string, base: string): string =>
  base === ''
    ? issueLink(key)
    : `${base.replace(/#.*$/, '').replace(/\/?$/, '/')}#/issue/${encodeURIComponent(key)}`

function titled(issue: EventIssue, base: string, limit: number): Pick<DiscordEmbed, 'title' | 'url'> {
  const link = discordLink(issue.key, base)
  return {
    title: escapedDiscord(`${issue.key} ${issue.title}`, limit),
    ...(base === '' ? {} : { url: link }),
  }
}

function facts(issue: EventIssue, base: string): NonNullable<DiscordEmbed['fields']> {
  const { statusName, priority, assignees, labels, project, key } = issue
  const all: readonly (readonly [string, string])[] = [
    ['Status', statusName],
    ['Priority', priority === 'none' ? '' : priority],
    ['Assignees', listedNames(assignees.map(({ name }) => name))],
    ['Project', project ?? ''],
    ['Labels', listedNames(labels)],
    // No address that a message may link to: it can be copied.
    ['Link', base === '' ? issueLink(key) : ''],
  ]
  return all
    .filter(([, value]) => value !== '')
    .slice(0, discordLimits.fields)
    .map(([name, value]) => ({ name, value: escapedDiscord(value, longestFact), inline: true }))
}

const quotation = (text: string): string => text.replace(/^/gm, '> ')

const message = (embeds: readonly DiscordEmbed[]): DiscordMessage => ({
  embeds,
  allowed_mentions: { parse: [] },
})

/** An event as a message: the issue with a link, who did what, what was written, and the issue's state. */
export function discordMessage(event: RecordedEvent, workspace: WorkspaceReader, base = ''): DiscordMessage {
  const written = writtenComment(event, workspace)
  const sentence = escapedDiscord(eventSentence(event, workspace, written === '' ? 500 : 0), 1_000)
  const shared = {
    author: { name: cutAtWord(actorName(event, workspace), discordLimits.author) },
    timestamp: new Date(event.occurredAt).toISOString(),
  }
  if (event.streamType !== 'issue') return message([{ ...shared, description: sentence }])
  const issue = eventIssue(workspace.issueAfter(event), workspace)
  const head = titled(issue, base, discordLimits.title)
  const fields = facts(issue, base)
  const taken = [
    head.title,
    shared.author.name,
    sentence,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]
    .map((text) => text?.length ?? 0)
    .reduce((all, length) => all + length, 0)
  // What is left of the message's and of the description's room, a third less for the marks of the quotation.
  const room = Math.min(discordLimits.total - taken, discordLimits.description - sentence.length) - 1
  const quoted = written === '' ? '' : fittedQuotation(written, room)
  return message([
    {
      ...shared,
      ...head,
      description: quoted === '' ? sentence : `${sentence}\n${quoted}`,
      color: colourOf(issue),
      fields,
    },
  ])
}

/** A quotation of at most so many characters, its marks counted. */
function fittedQuotation(text: string, room: number): string {
  let quoted = quotation(escapedDiscord(text, room))
  for (let limit = room; quoted.length > room && limit > 0; limit = Math.floor(limit * 0.8))
    quoted = quotation(escapedDiscord(text, limit))
  return quoted.length > room ? '' : quoted
}

/** What a channel could not be told one by one, as one message: an embed an event, oldest first; the last says how many more there are. */
export function discordSummary(
  events: readonly RecordedEvent[],
  workspace: WorkspaceReader,
  base = '',
): DiscordMessage {
  const [only] = events
  if (only && events.length === 1) return discordMessage(only, workspace, base)
  const shown = events.length > discordLimits.embeds ? discordLimits.embeds - 1 : events.length
  const embeds = events.slice(0, shown).map((event): DiscordEmbed => {
    const description = escapedDiscord(eventSentence(event, workspace, 80), longestShared)
    if (event.streamType !== 'issue') return { description }
    const issue = eventIssue(workspace.issueAfter(event), workspace)
    return { ...titled(issue, base, discordLimits.title), description, color: colourOf(issue) }
  })
  const more = events.length - shown
  return message(more > 0 ? [...embeds, { description: `and ${more} more changes` }] : embeds)
}
