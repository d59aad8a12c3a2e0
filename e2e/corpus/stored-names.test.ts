import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PgTable, getTableConfig as tableOfPostgres } from 'drizzle-orm/pg-core'
import { afterAll, expect, it } from 'vitest'
import { z } from 'zod'
import { initWorkspace } from '#app/workspace/init-workspace.ts'
import { calls } from '#contract/calls.ts'
import { command } from '#core/commands.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { filterKeys, isValues, sortKeys } from '#core/filter/filter.ts'
import { refusalCodes } from '#core/values/refusal.ts'
import { shippedInboxes } from '#inboxes/registry.ts'
import { inboxDatabaseFile, openInboxDatabase } from '#inboxes/store/open-store.ts'
import * as serverTables from '#server/database/schema.ts'
import { opened } from './frozen.ts'

// What lies on disks, goes over lines and stands in scripts keeps its name, whatever the code calls it.

const file = new URL('./stored-names.json', import.meta.url)
const frozen = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, readonly string[]>>
const folder = mkdtempSync(join(tmpdir(), 'docket-names-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Client = { prepare(query: string): { pluck(): { all(): unknown[] } } }
const columnsOf = (client: Client): readonly string[] =>
  client
    .prepare(
      `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
       WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '%_fts%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'`,
    )
    .pluck()
    .all() as string[]

/** The names of the members of a schema's objects, those within them behind a dot. */
function memberNames(schema: z.ZodType, before = ''): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const visit = (of: unknown, path: string): string[] => {
    const { properties = {}, items, anyOf, oneOf } = of as Record<string, never>
    const within = [items, ...((anyOf as never) ?? []), ...((oneOf as never) ?? [])].filter(Boolean)
    return [
      ...Object.entries(properties).flatMap(([name, value]) => [
        `${path}${name}`,
        ...visit(value, `${path}${name}.`),
      ]),
      ...within.flatMap((each) => visit(each, path)),
    ]
  }
  return [...new Set(visit(json, before))]
}

function commandNames(): string[] {
  const { oneOf = [], anyOf = [] } = z.toJSONSchema(command, { io: 'input', unrepresentable: 'any' })
  const visit = (of: unknown): string[] => {
    const { properties, oneOf = [], anyOf = [] } = of as Record<string, never>
    const type = (properties as { type?: { const?: string } } | undefined)?.type?.const
    const names = Object.keys(properties ?? {}).filter((name) => name !== 'type')
    const own = type === undefined ? [] : [type, ...names.map((name) => `${type}.${name}`)]
    return [...own, ...[...(oneOf as never[]), ...(anyOf as never[])].flatMap(visit)]
  }
  return [...oneOf, ...anyOf].flatMap(visit)
}

function namesNow(): Record<string, readonly string[]> {
  const there = join(folder, 'workspace')
  const made = initWorkspace({ folder: there, name: 'Names', memberName: 'Ada' })
  if (!made.ok) throw new Error(made.error.message)
  const workspace = opened(there)
  const inboxDatabase = openInboxDatabase(inboxDatabaseFile(there))
  if (!inboxDatabase.ok) throw new Error(inboxDatabase.error.message)
  const names = {
    'log.db': columnsOf(workspace.database.client),
    'inboxes.db': columnsOf(inboxDatabase.value.client),
    'the server’s database': Object.values(serverTables)
      .filter((table) => table instanceof PgTable)
      .map((table) => tableOfPostgres(table as PgTable))
      .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)),
    'event types': eventRegistry().known,
    commands: commandNames(),
    calls: Object.keys(calls),
    'codes of refusals': refusalCodes,
    'inboxes and their settings': shippedInboxes.flatMap(({ name, settings }) => [
      name,
      ...memberNames(settings, `${name}: `),
    ]),
    'the filter language': [
      ...filterKeys,
      ...isValues.map((value) => `is:${value}`),
      ...sortKeys.map((key) => `sort:${key}`),
    ],
  }
  workspace.close()
  inboxDatabase.value.client.close()
  return Object.fromEntries(Object.entries(names).map(([of, list]) => [of, [...new Set(list)].sort()]))
}

it('every name that a disk, a line or a script may hold is still there, and every new one is written down', () => {
  const now = namesNow()
  const minus = (some: Readonly<Record<string, readonly string[]>>, others: typeof some) =>
    Object.entries(some).flatMap(([of, names]) =>
      names.filter((name) => !others[of]?.includes(name)).map((name) => `${of}: ${name}`),
    )
  expect(minus(frozen, now), 'gone: what was stored under these names is lost').toEqual([])
  expect(
    minus(now, frozen),
    'new: write these into e2e/corpus/stored-names.json; they stay for ever',
  ).toEqual([])
})
