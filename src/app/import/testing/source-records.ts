import type { ImportFormat } from '#contract/import-formats.ts'

import { collectImport } from './collected-import.ts'

/** A record of any source. */
export type Json = Record<string, unknown>
/** Records, or lines as they are, as a file of JSON lines. */
export const lines = (records: readonly (Json | string)[]): string =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')
/** What an import of these records brings, from a file among `files`. */
export const importOf =
  (files: { file(content: string): string }) =>
  (format: ImportFormat, ...records: readonly (Json | string)[]) =>
    collectImport(format, files.file(lines(records)))

/** An issue as beads writes it. */
export const bead = (id: string, more: Json = {}): Json => ({
  id,
  title: `Bead ${id}`,
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2025-10-12T00:43:03.453438-07:00',
  updated_at: '2025-10-13T00:00:00Z',
  ...more,
})
/** A change as beads’ history tells it. */
export const change = (issue: string, kind: string, from: unknown, to: unknown, more: Json = {}): Json => ({
  commit: 'c2',
  issue,
  at: '2025-10-20T10:00:00Z',
  kind: `set:${kind}`,
  from,
  to,
  ...more,
})
/** A creation as beads’ history tells it. */
export const creation = (id: string, value: Json = {}): Json => ({
  commit: 'c1',
  issue: id,
  at: '2025-10-12T08:00:00Z',
  kind: 'created',
  value: bead(id, value),
})
/** A person as Jira writes one. */
export const ada = { name: 'ada', key: 'ada', displayName: 'Ada Lovelace' }
/** An issue as Jira’s API writes it. */
export const jira = (key: string, fields: Json = {}, more: Json = {}): Json => ({
  id: key.replace(/\D/g, ''),
  key,
  fields: {
    summary: `Issue ${key}`,
    created: '2015-01-02T03:04:05.678+0000',
    updated: '2015-03-02T03:04:05.678+0000',
    status: { name: 'Open', statusCategory: { key: 'new' } },
    reporter: ada,
    creator: ada,
    issuetype: { name: 'Bug' },
    labels: [],
    comment: { comments: [] },
    ...fields,
  },
  ...more,
})
