import { eq, sql } from 'drizzle-orm'
import type { EntityChange } from '#core/entities/entity-events.ts'
import {
  directorySettings,
  historySetting,
  unitSetting,
  unitSettings,
} from '../../log/rows/directory-settings.ts'
import { settings } from '../../schema.ts'
import type { WriteDatabase } from '../../sqlite/open-database.ts'

const p = sql.placeholder

/** Keeps the settings that the workspace's own events decide. */
export function workspaceRows({ orm }: WriteDatabase): {
  apply(change: EntityChange): undefined
  /** Forgets them all. */
  clear(): undefined
  /** Whether a workspace's events have an effect: of several histories that came together, only one's have. */
  counts(id: string): boolean
  /** Whether several histories came together and this is the one that counts. */
  follows(id: string): boolean
} {
  const history = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, historySetting))
    .prepare()
  const put = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()
  const first = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoNothing()
    .prepare()
  return {
    apply({ type, data }) {
      switch (type) {
        case 'workspace_created':
          // Copies that met later may each have recorded it: the first one named the workspace.
          first.run({ name: directorySettings.workspaceName, value: data.name })
          first.run({ name: directorySettings.keyPrefix, value: data.keyPrefix })
          break
        case 'workspace_renamed':
          put.run({ name: directorySettings.workspaceName, value: data.to })
          break
        case 'unit_changed':
          put.run({ name: unitSetting(data.field), value: data.to })
          break
        case 'workflow_changed':
          put.run({ name: directorySettings.workflow, value: JSON.stringify(data.workflow) })
          break
        default:
          break
      }
    },
    clear() {
      for (const name of [...Object.values(directorySettings), ...unitSettings])
        orm.delete(settings).where(eq(settings.name, name)).run()
    },
    counts(id) {
      const followed = history.get()?.value
      return followed === undefined || followed === id
    },
    follows: (id) => history.get()?.value === id,
  }
}
