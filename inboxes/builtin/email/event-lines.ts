import type { RecordedEvent } from '#core/events/event.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { describedEvent, eventSentence } from '../../shared/event-sentence.ts'
import type { LetterLine, LetterSection } from './letter.ts'

function lineOf(event: RecordedEvent, workspace: WorkspaceReader): LetterLine {
  const { written, tail } = describedEvent(event, workspace)
  if (written === null || written.trim() === '') return { sentence: `${eventSentence(event, workspace)}.` }
  // The text follows in full, so the sentence leaves it out; the one of a new issue ends in its title.
  const ownWords = tail?.kind === 'title' ? undefined : 0
  return { sentence: `${eventSentence(event, workspace, ownWords)}:`, quote: written.trim() }
}

/** What a person who was just assigned has to know: what the issue is about, where no line says it. */
function withDescription(
  lines: readonly LetterLine[],
  events: readonly RecordedEvent[],
  memberId: string | undefined,
  description: string,
): LetterLine[] {
  const at = events.findIndex(
    ({ type, data }) =>
      type === 'assigned' && (data as { readonly memberId?: unknown }).memberId === memberId,
  )
  const line = lines[at]
  const isSaid = events.some(({ type }) => type === 'created' || type === 'description_changed')
  if (!line || isSaid || description.trim() === '') return [...lines]
  return lines.with(at, { sentence: line.sentence.replace(/\.$/, ':'), quote: description.trim() })
}

/** What happened, by issue in the order of their first event. Titles are those that the last of an issue's events left. */
export function sectionsOf(
  events: readonly RecordedEvent[],
  workspace: WorkspaceReader,
  memberId?: string,
): LetterSection[] {
  return [...Map.groupBy(events, (event) => event.streamId)].map(([issueId, ofIssue]) => {
    const last = ofIssue.at(-1)
    const { title, description } = last ? workspace.issueAfter(last) : workspace.issue(issueId)
    return {
      issueId,
      key: workspace.issueKey(issueId),
      title,
      lines: withDescription(
        ofIssue.map((event) => lineOf(event, workspace)),
        ofIssue,
        memberId,
        description,
      ),
    }
  })
}
