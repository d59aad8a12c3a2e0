import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportFormat } from '#contract/import-formats.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { foldIssue } from '#core/issue/evolve.ts'
import type { IssueEvent } from '#core/issue/issue-event.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'
import type { ImportContext, ImportedEvent, ImportedStream } from '../history/imported.ts'
import { readers } from '../readers.ts'

/** What an import hands to the log, kept in memory for tests. */
export type CollectedImport = {
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
  readonly streams: readonly ImportedStream[]
  readonly ids: readonly string[]
  /** Payloads that do not pass their type's schema. */
  readonly invalid: readonly string[]
  /** Folded issues by external key. */
  readonly issues: ReadonlyMap<string, IssueState>
  eventsOf(externalKey: string): readonly ImportedEvent[]
}

const registry = eventRegistry()

/** Reads a file to its end. */
export async function collectImport(
  format: ImportFormat,
  file: string,
  options: Omit<ImportContext, 'derive'> = {},
): Promise<CollectedImport> {
  const problems: { line: number; reason: string }[] = []
  const streams: ImportedStream[] = []
  for await (const item of readers[format](file, { derive: deriveId, ...options })) {
    if (item.kind === 'problem') problems.push({ line: item.line, reason: item.reason })
    if (item.kind === 'history') streams.push(...item.streams)
  }
  const events = new Map<string, ImportedEvent[]>()
  const ids: string[] = []
  const invalid: string[] = []
  for (const stream of streams) {
    const all = events.get(stream.streamId)
    if (all) all.push(...stream.events)
    else if (stream.streamType === 'issue') events.set(stream.streamId, [...stream.events])
    for (const event of stream.events) {
      ids.push(event.id)
      const type = registry.find(event.type)
      const passed = type?.schema.safeParse(
        registry.lift(event.type, event.schemaVersion ?? type.version, { ...event.data }),
      )
      if (!passed?.success) invalid.push(`${event.type} ${JSON.stringify(event.data).slice(0, 200)}`)
    }
  }
  const issues = new Map<string, IssueState>()
  const byKey = new Map<string, ImportedEvent[]>()
  for (const [id, list] of events) {
    // The payloads were checked against their schemas above; what nobody here knows is folded once it is known.
    const known = list.filter(({ type, schemaVersion = 1 }) =>
      registry.knows({ streamType: 'issue', type, schemaVersion }),
    )
    const state = foldIssue(id, known as unknown as IssueEvent[])
    issues.set(state.externalKey ?? id, state)
    byKey.set(state.externalKey ?? id, list)
  }
  return { problems, streams, ids, invalid, issues, eventsOf: (key) => byKey.get(key) ?? [] }
}

/** A folder for a test's files, gone with `dispose`. */
export function testFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'docket-import-'))
  return {
    folder,
    file(content: string | Buffer, name = 'source.json'): string {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}
