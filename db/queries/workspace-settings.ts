import { eq } from 'drizzle-orm'
import { type ChosenUnits, fieldsWithUnits } from '#core/issue/fields/units.ts'
import { directorySettings, unitSetting } from '../log/rows/directory-settings.ts'
import { settings } from '../schema.ts'
import type { ReadDatabase, WriteDatabase } from '../sqlite/open-database.ts'

/** What `init` wrote: the workspace's first name and prefix, and who sits at this copy of it. */
export type LocalSettings = {
  readonly workspaceId: string
  readonly name: string
  readonly keyPrefix: string
  readonly memberId: string
  readonly memberName: string
  /** What they may do, as the server said last; empty in a workspace of this machine alone. */
  readonly role: string
  /** `on` where the person said that the team may know which issues they open. */
  readonly recordsViews: string
  /** `yes` once the person said what they are called. */
  readonly named: string
}

const local = {
  workspaceId: 'local.workspace_id',
  name: 'local.name',
  keyPrefix: 'local.key_prefix',
  memberId: 'local.member_id',
  memberName: 'local.member_name',
  role: 'local.role',
  recordsViews: 'local.records_views',
  named: 'local.named',
} as const satisfies Record<keyof LocalSettings, string>

function read(database: ReadDatabase, name: string): string | undefined {
  return database.orm.select({ value: settings.value }).from(settings).where(eq(settings.name, name)).get()
    ?.value
}

/** Writes those that are given, and leaves the others as they are. */
export function writeLocalSettings(database: WriteDatabase, values: Partial<LocalSettings>): void {
  for (const key of Object.keys(local) as (keyof LocalSettings)[]) {
    const value = values[key]
    if (value === undefined) continue
    database.orm
      .insert(settings)
      .values({ name: local[key], value })
      .onConflictDoUpdate({ target: settings.name, set: { value } })
      .run()
  }
}

const mayBeMissing: ReadonlySet<string> = new Set<keyof LocalSettings>(['role', 'recordsViews', 'named'])

/** `undefined` where the file was never made a workspace by `init`. */
export function readLocalSettings(database: ReadDatabase): LocalSettings | undefined {
  const entries = (Object.keys(local) as (keyof LocalSettings)[]).map(
    (key) => [key, read(database, local[key]) ?? (mayBeMissing.has(key) ? '' : undefined)] as const,
  )
  return entries.every(([, value]) => value !== undefined)
    ? (Object.fromEntries(entries) as LocalSettings)
    : undefined
}

export type WorkspaceName = {
  readonly name: string
  readonly keyPrefix: string
  readonly units: ChosenUnits
}

/**
 * Name and key prefix as the events have them; as `init` wrote them until the first event.
 * @param version moves whenever they may have changed; what was read is remembered until then.
 */
export function workspaceNames(database: ReadDatabase, version: () => number): () => WorkspaceName {
  const all = database.orm.select().from(settings).prepare()
  let readAt = -1
  let known: WorkspaceName = { name: 'Docket', keyPrefix: 'DOC', units: {} }
  return () => {
    if (readAt !== version()) {
      readAt = version()
      const values = new Map(all.all().map((row) => [row.name, row.value]))
      known = {
        name: values.get(directorySettings.workspaceName) ?? values.get(local.name) ?? known.name,
        keyPrefix: values.get(directorySettings.keyPrefix) ?? values.get(local.keyPrefix) ?? known.keyPrefix,
        units: Object.fromEntries(
          fieldsWithUnits.flatMap(({ name }) => {
            const unit = values.get(unitSetting(name))
            return unit === undefined ? [] : [[name, unit]]
          }),
        ),
      }
    }
    return known
  }
}
