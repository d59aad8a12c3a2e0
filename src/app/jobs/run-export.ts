import { isOfReading } from '#core/events/reading.ts'
import { done, type Result } from '#core/values/refusal.ts'
import { type EventText, eventTexts } from '#db/log/read/event-texts.ts'
import type { WorkOptions } from '#db/sqlite/progress.ts'
import { exportCsv } from '../export/export-csv.ts'
import { exportEvents } from '../export/export-events.ts'
import { exportMarkdown } from '../export/export-markdown.ts'
import { exportedIssues } from '../export/exported-issues.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { JobOutcome, JobRequest } from './job-messages.ts'

/** Passes items on, telling how many of `total` went by, and stops the writer once cancelled. */
function* counted<T>(
  items: Iterable<T>,
  total: number,
  unit: string,
  { onProgress, isCancelled }: WorkOptions,
  stop: AbortController,
): Generator<T> {
  let done = 0
  for (const item of items) {
    if (isCancelled?.()) stop.abort()
    yield item
    done += 1
    onProgress?.({ done, total, unit })
  }
}

/** Who read what is nobody's business: left out unless it was asked for. */
function* eventsFor(workspace: Workspace, withViews: boolean): Generator<EventText> {
  for (const event of eventTexts(workspace.database)) if (withViews || !isOfReading(event.type)) yield event
}

/** Exports a workspace into a file, which is either the old one or the whole new one. */
export async function runExport(
  workspace: Workspace,
  request: Extract<JobRequest, { kind: 'export' }>,
  options: WorkOptions,
): Promise<Result<JobOutcome>> {
  const stop = new AbortController()
  const { format, file, withViews = false, excel = false } = request
  const events = eventsFor(workspace, withViews)
  const issues = () => counted(exportedIssues(workspace), issueCount(workspace), 'issues', options, stop)
  const write = {
    jsonl: () =>
      exportEvents(file, counted(events, workspace.log.position(), 'events', options, stop), {
        signal: stop.signal,
      }),
    csv: () => exportCsv(file, issues(), { signal: stop.signal, excel }),
    markdown: () => exportMarkdown(file, issues(), { signal: stop.signal, title: workspace.name().name }),
  }
  const written = await write[format]()
  return written.ok ? done({ result: { format, file, ...written.value }, cancelled: false }) : written
}

function issueCount(workspace: Workspace): number {
  return Number(workspace.database.client.prepare('SELECT count(*) FROM issues').pluck().get())
}
