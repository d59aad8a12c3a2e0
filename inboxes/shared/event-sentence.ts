import { type Description, describeEvent } from '#core/describe/describe-event.ts'
import { printDescription } from '#core/describe/print-description.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { factsOf } from '#core/events/shipped-facts.ts'
import type { WorkspaceReader } from '../contract/workspace-reader.ts'
import { cutAtWord, oneLine } from './cut-text.ts'

/** Who did it: a rule by its name where a rule did it, a member otherwise. */
export function actorName(event: RecordedEvent, workspace: WorkspaceReader): string {
  const { triggeredBy, ruleName } = event.metadata
  if (triggeredBy === 'automation')
    return typeof ruleName === 'string' && ruleName !== '' ? `The rule “${ruleName}”` : 'A rule'
  return workspace.entity('member', event.actorId)?.name ?? 'Someone'
}

/** Says what an event did, in the workspace's names as they are now. */
export function describedEvent(event: RecordedEvent, workspace: WorkspaceReader): Description {
  return describeEvent(event, {
    actor: {
      id: event.metadata.triggeredBy === 'automation' ? null : event.actorId,
      name: actorName(event, workspace),
    },
    entity: (type, id) => workspace.entity(type, id)?.name,
    issue: (id) => ({ key: workspace.issueKey(id), title: null }),
    sentence: workspace.sentence,
    status: (id) => workspace.workflow().states.find((state) => state.id === id)?.name,
  })
}

/**
 * One plain sentence on one line for what happened, without a full stop: "Ada moved DOC-42 to In progress". Total, as `describeEvent` is.
 * @param textLimit the most characters that a text which somebody wrote may take in it; a longer one is cut after a whole word.
 */
export function eventSentence(event: RecordedEvent, workspace: WorkspaceReader, textLimit = 200): string {
  const said = printDescription(describedEvent(event, workspace), {
    changes: 'words',
    here: event.streamType === 'issue' ? workspace.issueKey(event.streamId) : null,
    tails: ['reason', 'title', 'text'],
    cut: (text) => cutAtWord(oneLine(text), textLimit),
  })
  return `${actorName(event, workspace)} ${said}`
}

/** What somebody wrote in a comment, to be quoted below the sentence; empty for all else. */
export const writtenComment = (event: RecordedEvent, workspace: WorkspaceReader): string =>
  factsOf(event.type).searchText === 'comment' ? (describedEvent(event, workspace).written ?? '').trim() : ''

/** Names in a row, five at most; the others are counted. */
export const listedNames = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
