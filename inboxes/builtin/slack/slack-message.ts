import type { ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types'
import type { RecordedEvent } from '#core/events/event.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { eventIssue, issueLink } from '../../shared/cloud-event.ts'
import { cutEscaped } from '../../shared/cut-text.ts'
import { eventSentence, listedNames, writtenComment } from '../../shared/event-sentence.ts'

/** What is posted to an incoming webhook. `text` is for notifications and for what can't show blocks. */
export type SlackMessage = { readonly text: string; readonly blocks: KnownBlock[] }

/** Block Kit's limit of a text, and what Slack recommends for the fallback, in characters. */
const longestSection = 3_000
const longestElement = 2_000
const longestFallback = 3_000
/** A comment is quoted this far, in characters. */
const longestQuote = 1_500

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A text as Slack wants it, so that nothing in it becomes a mention, a link or an entity. */
export const escapeSlack = (text: string): string =>
  text.replace(/[&<>]/g, (character) => entities[character] ?? character)

/** Escapes a text and keeps it to `limit` characters, cut after a whole word and never inside of an entity. */
export const escapedUpTo = (text: string, limit: number): string => cutEscaped(text, limit, escapeSlack)

const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true })
const section = (text: string): SectionBlock => ({ type: 'section', text: mrkdwn(text) })
const context = (...texts: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: texts.map((text) => mrkdwn(text)),
})
/** A text as a quotation. Of many lines 200 are kept, so that their marks can't break the section's limit. */
const quotation = (text: string): string =>
  escapedUpTo(text, longestQuote)
    .split('\n')
    .slice(0, 200)
    .map((line) => `>${line}`)
    .join('\n')

/** An event as a Slack message: the issue with a link, what happened, what was written, and the issue's state. */
export function slackMessage(event: RecordedEvent, workspace: WorkspaceReader): SlackMessage {
  const quoted = writtenComment(event, workspace)
  const fallback = escapedUpTo(eventSentence(event, workspace, 500), longestFallback)
  const sentence = quoted === '' ? eventSentence(event, workspace, 500) : eventSentence(event, workspace, 0)
  if (event.streamType !== 'issue')
    return { text: fallback, blocks: [section(escapedUpTo(sentence, longestSection))] }
  const { key, title, statusName, priority, assignees, labels, project } = eventIssue(
    workspace.issueAfter(event),
    workspace,
  )
  const head = `*<${issueLink(key)}|${escapeSlack(key)}>* `
  const facts = [
    statusName,
    ...(priority === 'none' ? [] : [`Priority ${priority}`]),
    ...(assignees.length === 0 ? [] : [listedNames(assignees.map(({ name }) => name))]),
    ...(project === null ? [] : [project]),
    ...(labels.length === 0 ? [] : [listedNames(labels)]),
  ]
  return {
    text: fallback,
    blocks: [
      section(head + escapedUpTo(title, longestSection - head.length)),
      section(escapedUpTo(sentence, longestSection)),
      ...(quoted === '' ? [] : [section(quotation(quoted))]),
      context(...facts.map((fact) => escapedUpTo(fact, longestElement))),
    ],
  }
}

/** Lines of a message that stands for many; the others are counted. */
const summarised = 30

/** What a channel could not be told one by one, as one message: a line an event, oldest first. */
export function slackSummary(events: readonly RecordedEvent[], workspace: WorkspaceReader): SlackMessage {
  const [only] = events
  if (only && events.length === 1) return slackMessage(only, workspace)
  const lines = events.slice(0, summarised).map((event) => {
    const key = event.streamType === 'issue' ? workspace.issueKey(event.streamId) : undefined
    const head = key === undefined ? '' : `*<${issueLink(key)}|${escapeSlack(key)}>* `
    return head + escapedUpTo(eventSentence(event, workspace, 80), longestSection / 10 - head.length)
  })
  const head = `${events.length} changes, told at once because Slack asked for a pause`
  const more = events.length - lines.length
  const sections: string[] = []
  for (const line of [...lines, ...(more > 0 ? [`and ${more} more`] : [])]) {
    const last = sections.at(-1)
    if (last !== undefined && last.length + line.length < longestSection)
      sections[sections.length - 1] = `${last}\n${line}`
    else sections.push(line)
  }
  return { text: escapeSlack(`${head}.`), blocks: [section(`*${head}*`), ...sections.map(section)] }
}
