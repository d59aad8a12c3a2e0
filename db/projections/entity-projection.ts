import canonicalize from 'canonicalize'
import { eq, inArray, sql } from 'drizzle-orm'
import { type EntityEvent, type EntryChange, foldEntry } from '#core/entities/entity-state.ts'
import type { AnyStreamType, RecordedEvent } from '#core/events/event.ts'
import {
  directorySettings,
  historySetting,
  unitSetting,
  unitSettings,
} from '../log/rows/directory-settings.ts'
import { recordedAt } from '../log/rows/recorded-at.ts'
import type { StreamEntry, StreamIds } from '../log/rows/stream-ids.ts'
import { events, labels, members, projects, rules, settings, supersededEvents } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { conflictProjection } from './conflict-projection.ts'
import { eventTypeProjection, isAtHome } from './event-type-projection.ts'

const p = sql.placeholder
/** The same text whether the payload was just made or read back. */
const canonical = (value: unknown): string => canonicalize(value) as string

/** Keeps the tables of labels, projects, members and rules, the types of events, their conflicts, and the workspace's own settings. Inside the append's transaction. */
export function entityProjection(
  database: WriteDatabase,
  streamIds: StreamIds,
): {
  apply(event: RecordedEvent): undefined
  /** Finds a stream's conflicts and what of it has no effect, in all its events in total order. */
  findConflicts(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
  /** Makes what is kept of a stream again, from all its events in total order. */
  refold(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined
} {
  const { orm } = database
  const history = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, historySetting))
    .prepare()
  const putLabel = orm
    .insert(labels)
    .values({ id: p('id'), name: p('name'), colour: p('colour') })
    .onConflictDoNothing()
    .prepare()
  const renameLabel = orm
    .update(labels)
    .set({ name: sql`${p('name')}` })
    .where(eq(labels.id, p('id')))
    .prepare()
  const recolourLabel = orm
    .update(labels)
    .set({ colour: sql`${p('colour')}` })
    .where(eq(labels.id, p('id')))
    .prepare()
  const putProject = orm
    .insert(projects)
    .values({ id: p('id'), name: p('name') })
    .onConflictDoNothing()
    .prepare()
  const renameProject = orm
    .update(projects)
    .set({ name: sql`${p('name')}` })
    .where(eq(projects.id, p('id')))
    .prepare()
  const putMember = orm
    .insert(members)
    .values({ id: p('id'), name: p('name'), handle: p('handle'), email: p('email') })
    .onConflictDoNothing()
    .prepare()
  const renameMember = orm
    .update(members)
    .set({ name: sql`${p('name')}` })
    .where(eq(members.id, p('id')))
    .prepare()
  const changeEmail = orm
    .update(members)
    .set({ email: sql`${p('email')}` })
    .where(eq(members.id, p('id')))
    .prepare()
  const putRule = orm
    .insert(rules)
    .values({ id: p('id'), enabled: true, since: p('since'), definition: p('definition') })
    .onConflictDoNothing()
    .prepare()
  const changeRule = orm
    .update(rules)
    .set({ definition: sql`${p('definition')}`, since: sql`${p('since')}` })
    .where(eq(rules.id, p('id')))
    .prepare()
  const enableRule = orm
    .update(rules)
    .set({ enabled: true, since: sql`${p('since')}` })
    .where(eq(rules.id, p('id')))
    .prepare()
  const disableRule = orm
    .update(rules)
    .set({ enabled: false })
    .where(eq(rules.id, p('id')))
    .prepare()
  const removeRule = orm
    .delete(rules)
    .where(eq(rules.id, p('id')))
    .prepare()
  const putSetting = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
    .prepare()

  const firstSetting = orm
    .insert(settings)
    .values({ name: p('name'), value: p('value') })
    .onConflictDoNothing()
    .prepare()
  const kept = new Map<AnyStreamType, typeof labels | typeof projects | typeof members | typeof rules>([
    ['label', labels],
    ['project', projects],
    ['member', members],
    ['rule', rules],
  ])

  const conflictRows = conflictProjection(database, streamIds)
  const eventTypes = eventTypeProjection(database)
  const at = recordedAt(database)
  const putSuperseded = orm
    .insert(supersededEvents)
    .values({ position: p('position'), by: p('by') })
    .prepare()
  const dropSuperseded = orm
    .delete(supersededEvents)
    .where(
      inArray(
        supersededEvents.position,
        orm
          .select({ position: events.position })
          .from(events)
          .where(eq(events.streamId, p('stream'))),
      ),
    )
    .prepare()
  /** Of several histories that came together, only one's workspace events have an effect. */
  const counts = (type: AnyStreamType, id: string): boolean => {
    const followed = type === 'workspace' ? history.get()?.value : undefined
    return followed === undefined || followed === id
  }

  const projection = {
    apply(event: RecordedEvent): undefined {
      if (event.waiting || !counts(event.streamType, event.streamId)) return undefined
      const change = { type: event.type, data: event.data } as EntryChange
      // A rule keeps the time that it was recorded with, so that correcting one sets none off.
      const since = event.recordedAt ?? event.occurredAt
      const { id } = streamIds.ensure(event.streamId, event.streamType)
      switch (change.type) {
        case 'label_created':
          putLabel.run({ id, name: change.data.name, colour: change.data.colour })
          break
        case 'label_renamed':
          renameLabel.run({ id, name: change.data.to })
          break
        case 'label_recoloured':
          recolourLabel.run({ id, colour: change.data.to })
          break
        case 'project_created':
          putProject.run({ id, name: change.data.name })
          break
        case 'project_renamed':
          renameProject.run({ id, name: change.data.to })
          break
        case 'member_joined':
          putMember.run({
            id,
            name: change.data.name,
            handle: change.data.handle,
            email: change.data.email ?? null,
          })
          break
        case 'member_renamed':
          renameMember.run({ id, name: change.data.to })
          break
        case 'member_email_changed':
          changeEmail.run({ id, email: change.data.to })
          break
        case 'workspace_created':
          // Copies that met later may each have recorded it: the first one named the workspace.
          firstSetting.run({ name: directorySettings.workspaceName, value: change.data.name })
          firstSetting.run({ name: directorySettings.keyPrefix, value: change.data.keyPrefix })
          break
        case 'workspace_renamed':
          putSetting.run({ name: directorySettings.workspaceName, value: change.data.to })
          break
        case 'unit_changed':
          putSetting.run({ name: unitSetting(change.data.field), value: change.data.to })
          break
        case 'workflow_changed':
          putSetting.run({ name: directorySettings.workflow, value: JSON.stringify(change.data.workflow) })
          break
        case 'rule_added':
          putRule.run({ id, since, definition: canonical(change.data.rule) })
          break
        case 'rule_changed':
          changeRule.run({ id, since, definition: canonical(change.data.to) })
          break
        case 'rule_enabled':
          enableRule.run({ id, since })
          break
        case 'rule_disabled':
          disableRule.run({ id })
          break
        case 'rule_removed':
          removeRule.run({ id })
          break
        case 'event_type_registered':
        case 'event_type_extended':
        case 'event_type_retired':
          return eventTypes.apply(event)
        // A custom type has no table of its own.
        default:
          break
      }
      return undefined
    },
    findConflicts(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined {
      const counted = counts(stream.type, stream.uuid) ? recorded.filter(isAtHome) : []
      const folded = foldEntry(counted as readonly unknown[] as readonly EntityEvent[])
      dropSuperseded.run({ stream: stream.id })
      for (const { eventId, by } of folded.superseded)
        putSuperseded.run({ position: at(eventId).position, by: at(by).position })
      return conflictRows.replace(stream.id, folded)
    },
    refold(stream: StreamEntry, recorded: readonly RecordedEvent[]): undefined {
      const { type, id } = stream
      const table = kept.get(type)
      if (type === 'event_type') eventTypes.forget(stream.uuid)
      if (table) orm.delete(table).where(eq(table.id, id)).run()
      if (type === 'workspace' && history.get()?.value === stream.uuid)
        for (const name of [...Object.values(directorySettings), ...unitSettings])
          orm.delete(settings).where(eq(settings.name, name)).run()
      for (const event of recorded) projection.apply(event)
      return projection.findConflicts(stream, recorded)
    },
  }
  return projection
}
