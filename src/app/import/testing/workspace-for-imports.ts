import { join } from 'node:path'
import type { ImportFormat } from '#contract/import-formats.ts'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { projectionProblems } from '#db/projections/verify-projections.ts'
import { conflictQuery } from '#db/queries/conflict-query.ts'
import { issueDetail } from '../../calls/issue-detail.ts'
import { issueQueries } from '../../calls/issue-queries.ts'
import { runJob } from '../../jobs/run-job.ts'
import { initWorkspace } from '../../workspace/init-workspace.ts'
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts'

import type { ImportReport } from '../import-file.ts'
import type { testFolder } from './collected-import.ts'

export type Json = Record<string, unknown>

let made = 0

/** A workspace of a test's own, and what imports into it come to. */
export function workspaceFor(
  files: Pick<ReturnType<typeof testFolder>, 'file' | 'folder'>,
  format: ImportFormat,
) {
  const folder = join(files.folder, `workspace-${++made}`)
  const begun = initWorkspace({ folder, memberName: 'Me' })
  if (!begun.ok) throw new Error(begun.error.message)
  function look<T>(at: (workspace: Workspace) => T): T {
    const opened = openWorkspace(folder, { durability: 'NORMAL' })
    if (!opened.ok) throw new Error(opened.error.message)
    try {
      return at(opened.value)
    } finally {
      opened.value.close()
    }
  }
  const idOf = (workspace: Workspace, key: string): string =>
    String(
      workspace.database.client
        .prepare(
          `SELECT lower(hex(uuid)) FROM streams JOIN issue_keys ON issue_keys.issue_id = streams.id WHERE key = ?`,
        )
        .pluck()
        .get(key.toLowerCase()),
    ).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const names = (workspace: Workspace, table: 'labels' | 'members' | 'projects'): string[] =>
    workspace.database.client.prepare(`SELECT name FROM ${table} ORDER BY name`).pluck().all() as string[]
  return {
    async bring(...records: readonly Json[]): Promise<ImportReport> {
      const file = files.file(JSON.stringify(records))
      const ended = await runJob(folder, { kind: 'import', format, file }, {})
      if (!ended.ok) throw new Error(ended.error.message)
      return ended.value.result as unknown as ImportReport
    },
    /** The issue with the names of its labels, people and project, and the texts of its comments, in place of their ids. */
    issue(key: string) {
      return look((workspace) => {
        const state: IssueState = workspace.log.issue(idOf(workspace, key))
        const { client } = workspace.database
        const nameOf = (table: string, id: string): string =>
          String(
            client
              .prepare(
                `SELECT name FROM ${table} JOIN streams ON streams.id = ${table}.id WHERE hex(uuid) = ?`,
              )
              .pluck()
              .get(id.replaceAll('-', '').toUpperCase()),
          )
        const bodies = Object.values(state.comments).flatMap(({ deleted, bodyEventId }) =>
          deleted ? [] : [String(Object(workspace.log.event(bodyEventId)?.data).body)],
        )
        return {
          ...state,
          labels: state.labels.map((id) => nameOf('labels', id)).sort(),
          assignees: state.assignees.map((id) => nameOf('members', id)).sort(),
          project: state.project && nameOf('projects', state.project),
          comments: bodies,
        }
      })
    },
    events: (key: string) =>
      look((workspace) => workspace.log.readStream({ type: 'issue', id: idOf(workspace, key) })),
    issues: () =>
      look((workspace) => workspace.database.client.prepare('SELECT count(*) FROM issues').pluck().get()),
    members: () => look((workspace) => names(workspace, 'members')),
    /** The other tracker's key of the issue that a person finds by a key. */
    found: (key: string) =>
      look((workspace) => {
        const detail = issueDetail(workspace, key)
        return detail.ok ? detail.value.externalKey : detail.error.code
      }),
    /** Where a search found its first issue. */
    searched: (text: string) => look((workspace) => issueQueries(workspace).search(text, 10).hits[0]?.where),
    /** What a rebuild would come to otherwise. */
    problems: () => projectionProblems(join(folder, 'log.db'), { registry: eventRegistry() }),
    /** Somebody here does something. */
    executes(wish: Json): void {
      look((workspace) => {
        const done = workspace.commands.execute(command.parse(wish))
        if (!done.ok) throw new Error(done.error.message)
      })
    },
    look,
    /** Somebody here does something to an issue. */
    does(key: string, wish: Json): void {
      look((workspace) => {
        const done = workspace.commands.execute(command.parse({ ...wish, issueId: idOf(workspace, key) }))
        if (!done.ok) throw new Error(done.error.message)
      })
    },
    conflicts: () =>
      look(({ database, log }) =>
        conflictQuery(database, log.streamIds, log.toEvent)
          .page({ show: 'all', limit: 100 })
          .map(({ field, lost, won }) => ({
            field,
            lost: (lost.data as { to?: unknown }).to,
            won: (won.data as { to?: unknown }).to,
          })),
      ),
  }
}
