import type { RecordedEvent } from '#core/event.ts'
import { eventSentence } from '../event-sentence.ts'
import type { WorkspaceReader } from '../workspace-reader.ts'
import type { LetterLine, LetterSection } from './letter.ts'

/** The field of a payload that is a text somebody wrote for others to read. */
const writtenIn: Readonly<Record<string, string>> = {
  created: 'description',
  description_changed: 'to',
  commented: 'body',
  comment_edited: 'body',
}

function lineOf(event: RecordedEvent, workspace: WorkspaceReader): LetterLine {
  const field = writtenIn[event.type]
  const text = field === undefined ? undefined : (event.data as Readonly<Record<string, unknown>>)[field]
  if (typeof text !== 'string' || text.trim() === '')
    return { sentence: `${eventSentence(event, workspace)}.` }
  // The text follows in full, so the sentence leaves it out; the one of a new issue ends in its title.
  const ownWords = event.type === 'created' ? undefined : 0
  return { sentence: `${eventSentence(event, workspace, ownWords)}:`, quote: text.trim() }
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
