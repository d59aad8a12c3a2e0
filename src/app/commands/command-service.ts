import { and, eq, sql } from 'drizzle-orm'
import { type Command, isOfIssue } from '#core/commands.ts'
import type { ConflictCommand } from '#core/conflicts/conflict-command.ts'
import { decideEntity } from '#core/entities/decide-entity.ts'
import type { EntityCommand } from '#core/entities/entity-commands.ts'
import { type EntityEvent, foldEntry } from '#core/entities/entity-state.ts'
import { entityNamedIn } from '#core/entities/kinds/entities.ts'
import { joinedAs } from '#core/entities/kinds/handles.ts'
import { decideOnEntry, type EntryRef } from '#core/entities/resolve-entity-conflict.ts'
import { decideEventType, decideRecording } from '#core/event-types/decide-event-type.ts'
import type { EventTypeCommand, RecordCommand } from '#core/event-types/event-type-commands.ts'
import type { EventMetadata, NewEvent, RecordedEvent } from '#core/events/event.ts'
import { inTotalOrder } from '#core/events/event-order.ts'
import { decide } from '#core/issue/decide/decide.ts'
import type { DecisionContext } from '#core/issue/decide/decision.ts'
import type { IssueCommand } from '#core/issue/issue-commands.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { LinkMark } from '#core/issue/link-marks.ts'
import { decideRule, type RuleContext } from '#core/rules/decide-rule.ts'
import type { RuleCommand } from '#core/rules/rule-commands.ts'
import { decideTimes } from '#core/time/decide-times.ts'
import type { TimesCommand } from '#core/time/times-command.ts'
import type { NewId } from '#core/values/ids.ts'
import { done, type Refusal, type Result, refuse } from '#core/values/refusal.ts'
import type { IssueMachine } from '#core/workflow/issue-machine.ts'
import { ConcurrencyError, type StreamRef } from '#db/log/event-log.ts'
import type { SqliteEventLog } from '#db/log/sqlite-log.ts'
import { eventTypeIdOf } from '#db/projections/entities/event-type-projection.ts'
import { type LocalSettings, workspaceNames } from '#db/queries/workspace-settings.ts'
import { chains, events, members } from '#db/schema.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'
import { uuidBytes } from '#db/sqlite/uuid-bytes.ts'
import { decisionLookups } from './decision-context.ts'
import { keepView } from './kept-views.ts'
import { refuseReader } from './refuse-reader.ts'

export type Executed = {
  /** The issue that the command was about; `null` for the directory's commands. */
  readonly issueId: string | null
  readonly key: string | null
  /** The log's last position after the command. */
  readonly position: number
  /** What was recorded; empty where nothing would have changed. */
  readonly recorded: readonly RecordedEvent[]
}

export type ExecuteOptions = {
  /** Who wants it; the member who sits here where absent. */
  readonly actorId?: string
  /** Refuses with `concurrency` where the stream has moved on. */
  readonly expectedVersion?: number
  readonly metadata?: EventMetadata
  /**
   * Ids for what is recorded, in order. Where one of them is in the log already the command was recorded before: nothing is decided and
   * nothing written.
   */
  readonly eventIds?: readonly string[]
}

export type CommandService = {
  /** Decides and records, in one transaction. Expects a parsed command. @throws only for bugs and a failing disk. */
  execute(command: Command, options?: ExecuteOptions): Result<Executed>
  machine(): IssueMachine
  /** What a decision for a member (the one who sits here where absent) may ask, to try commands out without recording. */
  decisionContext(actorId?: string): DecisionContext
  /** The rules, and what a decision about them may ask. */
  ruleContext(): RuleContext
}

const isOfEventType = (command: Command): command is EventTypeCommand => command.type.endsWith('_event_type')

/** A second look within five minutes is the same look. */
const viewThrottle = 300_000

export function commandService(
  database: WriteDatabase,
  log: SqliteEventLog,
  me: LocalSettings,
  newId: NewId,
  findIssue: (text: string) => string | undefined,
  folder: string,
  marks: () => readonly LinkMark[],
): CommandService {
  const { orm } = database
  const p = sql.placeholder
  const eventRow = orm
    .select({ position: events.position })
    .from(events)
    .where(and(eq(events.id, p('id')), sql`copy = 0`))
    .prepare()
  const chainEnd = orm
    .select({ seq: chains.lastSeq })
    .from(chains)
    .where(eq(chains.key, p('key')))
    .prepare()
  const lookups = decisionLookups(database, log, me, findIssue, folder, marks)
  const workspaceName = workspaceNames(database, log.directoryVersion)
  /** The member who is known to be in the log. */
  let introduced: string | undefined

  /** The first command of a workspace and of a member records them too, so that the log names everybody in it. @returns whether it wrote. */
  function introduce(): boolean {
    if (introduced === me.memberId) return false
    const before = log.position()
    const event = (type: string, data: unknown): NewEvent => ({
      id: newId(),
      type,
      data,
      actorId: me.memberId,
    })
    if (before === 0)
      log.append({ type: 'workspace', id: me.workspaceId }, [
        event('workspace_created', { name: me.name, keyPrefix: me.keyPrefix }),
      ])
    if (!lookups.entityExists('member', me.memberId)) {
      const handles = new Set(
        orm
          .select({ handle: members.handle })
          .from(members)
          .all()
          .map((row) => row.handle.toLowerCase()),
      )
      log.append({ type: 'member', id: me.memberId }, [
        event('member_joined', joinedAs({ name: me.memberName }, handles)),
      ])
    }
    introduced = me.memberId
    return log.position() !== before
  }

  /** Whether an opened issue becomes an event: not of somebody who only looked so far, nor, unless they said so, where a server tells others. */
  const recordsViews = (): boolean =>
    me.role !== 'reader' &&
    lookups.entityExists('member', me.memberId) &&
    (me.role === '' || me.recordsViews === 'on')

  function view(command: Extract<IssueCommand, { type: 'mark_viewed' }>, options: ExecuteOptions) {
    const actorId = options.actorId ?? me.memberId
    const decision = decide(log.issue(command.issueId), command, lookups.issueContext(actorId))
    if (!decision.ok) return decision
    keepView(database, command.issueId, Date.now())
    return done(recordedBefore(command))
  }

  function record(
    ref: StreamRef,
    changes: readonly { type: string; data: unknown }[],
    options: ExecuteOptions,
  ): readonly RecordedEvent[] {
    if (changes.length === 0) return []
    const { actorId = me.memberId, metadata, eventIds = [] } = options
    const list = changes.map(
      (change, index): NewEvent => ({
        id: eventIds[index] ?? newId(),
        ...change,
        actorId,
        ...(metadata ? { metadata } : {}),
      }),
    )
    return log.append(ref, list).events
  }

  /** A parent that takes another's place is one thing that somebody did. */
  function togetherAs(options: ExecuteOptions, changes: readonly { type: string }[]): ExecuteOptions {
    if (changes.length < 2 || !changes.every(({ type }) => type === 'linked' || type === 'unlinked'))
      return options
    const { metadata = { triggeredBy: 'manual' } } = options
    return metadata.correlationId
      ? options
      : { ...options, metadata: { ...metadata, correlationId: newId() } }
  }

  function refuseStale(stream: StreamRef, expected: number | undefined): void {
    if (expected === undefined) return
    const actual = log.streamVersion(stream)
    if (actual !== expected) throw new ConcurrencyError(stream.id, expected, actual)
  }

  function executeOnIssue(command: IssueCommand, options: ExecuteOptions): Result<Executed> {
    const actorId = options.actorId ?? me.memberId
    refuseStale({ type: 'issue', id: command.issueId }, options.expectedVersion)
    const state = log.issue(command.issueId)
    const decision = decide(state, command, lookups.issueContext(actorId))
    if (!decision.ok) return decision
    const ref: StreamRef = { type: 'issue', id: command.issueId }
    const recorded =
      command.type === 'mark_viewed'
        ? (log.record(ref, { id: newId(), type: 'viewed', data: {}, actorId }, { throttle: viewThrottle })
            ?.events ?? [])
        : record(ref, decision.value, togetherAs(options, decision.value))
    const after = log.issue(command.issueId)
    return done({
      issueId: command.issueId,
      key: issueKey(workspaceName().keyPrefix, after),
      position: recorded.at(-1)?.position ?? log.position(),
      recorded,
    })
  }

  /** What a command is about that is about no issue. */
  function entryOf(command: EntityCommand | RuleCommand | ConflictCommand): EntryRef {
    const entity = entityNamedIn(command)
    if (entity) return entity
    if ('eventTypeId' in command && command.eventTypeId)
      return { type: 'event_type', id: command.eventTypeId }
    if ('ruleId' in command && command.ruleId) return { type: 'rule', id: command.ruleId }
    return { type: 'workspace', id: me.workspaceId }
  }

  function executeOnDirectory(command: EntityCommand, options: ExecuteOptions): Result<Executed> {
    const decision = decideEntity(lookups.directory(), command)
    if (!decision.ok) return decision
    const ref = entryOf(command)
    refuseStale(ref, options.expectedVersion)
    const recorded = record(ref, decision.value, options)
    return done({ issueId: null, key: null, position: log.position(), recorded })
  }

  function executeOnRule(command: RuleCommand, options: ExecuteOptions): Result<Executed> {
    const decision = decideRule(lookups.ruleContext(), command)
    if (!decision.ok) return decision
    refuseStale({ type: 'rule', id: command.ruleId }, options.expectedVersion)
    const recorded = record({ type: 'rule', id: command.ruleId }, decision.value, options)
    return done({ issueId: null, key: null, position: log.position(), recorded })
  }

  function executeOnEventType(command: EventTypeCommand, options: ExecuteOptions): Result<Executed> {
    const decision = decideEventType(lookups.eventTypes(), command)
    if (!decision.ok) return decision
    const ref: StreamRef = { type: 'event_type', id: eventTypeIdOf(command.name) }
    refuseStale(ref, options.expectedVersion)
    const recorded = record(ref, decision.value, options)
    return done({ issueId: null, key: null, position: log.position(), recorded })
  }

  function executeRecording(command: RecordCommand, options: ExecuteOptions): Result<Executed> {
    const { issueId, eventType, throttle } = command
    const ref: StreamRef = { type: 'issue', id: issueId }
    refuseStale(ref, options.expectedVersion)
    const decision = decideRecording(log.issue(issueId), lookups.eventTypes(), command)
    if (!decision.ok) return decision
    const key = issueKey(workspaceName().keyPrefix, log.issue(issueId))
    const { actorId = me.memberId, metadata, eventIds } = options
    const event = {
      id: eventIds?.[0] ?? newId(),
      ...decision.value,
      actorId,
      ...(metadata ? { metadata } : {}),
    }
    const appended = throttle === undefined ? log.append(ref, [event]) : log.record(ref, event, { throttle })
    if (!appended)
      return refuse(
        'throttled',
        `"${eventType}" was recorded on ${key} less than ${Math.ceil((throttle ?? 0) / 1_000)} seconds ago. Nothing was recorded again.`,
        { throttle },
      )
    const { position, events: recorded } = appended
    return done({ issueId, key, position, recorded })
  }

  function executeOnConflict(command: ConflictCommand, options: ExecuteOptions): Result<Executed> {
    const ref = entryOf(command)
    refuseStale(ref, options.expectedVersion)
    const state = foldEntry(inTotalOrder(log.readStream(ref)) as readonly unknown[] as readonly EntityEvent[])
    const decision = decideOnEntry(ref, state, command, {
      directory: lookups.directory,
      rules: lookups.ruleContext,
      eventOf: log.event,
    })
    if (!decision.ok) return decision
    const recorded = record(ref, decision.value, options)
    return done({ issueId: null, key: null, position: log.position(), recorded })
  }

  function executeOnTimes(command: TimesCommand, options: ExecuteOptions): Result<Executed> {
    const { memberOf, owners } = log.corrections
    const actorId = options.actorId ?? me.memberId
    const lastSeq = (chain: string) => chainEnd.get({ key: uuidBytes(chain) })?.seq
    const decision = decideTimes(command, { actorId, lastSeq, memberOf, owners })
    if (!decision.ok) return decision
    const recorded = record({ type: 'workspace', id: me.workspaceId }, decision.value, options)
    return done({ issueId: null, key: null, position: log.position(), recorded })
  }

  /** What a command that was recorded before comes back with. */
  function recordedBefore(command: Command): Executed {
    const issueId = isOfIssue(command) ? command.issueId : null
    return {
      issueId,
      key: issueId && issueKey(workspaceName().keyPrefix, log.issue(issueId)),
      position: log.position(),
      recorded: [],
    }
  }

  function decideAndRecord(command: Command, options: ExecuteOptions): Result<Executed> {
    if (options.eventIds?.some((id) => eventRow.get({ id: uuidBytes(id) })))
      return done(recordedBefore(command))
    if (isOfIssue(command)) return executeOnIssue(command, options)
    if (command.type === 'record') return executeRecording(command, options)
    if (isOfEventType(command)) return executeOnEventType(command, options)
    if (command.type === 'correct_times') return executeOnTimes(command, options)
    if ('conflictId' in command) return executeOnConflict(command, options)
    return 'ruleId' in command ? executeOnRule(command, options) : executeOnDirectory(command, options)
  }

  return {
    machine: lookups.machine,
    decisionContext: (actorId = me.memberId) => lookups.issueContext(actorId),
    ruleContext: lookups.ruleContext,
    execute(command, options = {}) {
      // The server takes nothing of a reader's: what were recorded here would never be anybody else's.
      if (command.type === 'mark_viewed' && !recordsViews()) return log.transact(() => view(command, options))
      if (me.role === 'reader') return refuseReader()
      try {
        return log.transact(() => {
          const wrote = introduce()
          const result = decideAndRecord(command, options)
          // A refused command writes nothing, its introduction included: only a throw ends the transaction without a trace.
          if (!result.ok && wrote) throw new RefusedAfterIntroduction(result)
          return result
        })
      } catch (error) {
        introduced = undefined
        if (error instanceof RefusedAfterIntroduction) return error.result
        if (error instanceof ConcurrencyError)
          return refuse(
            'concurrency',
            'Somebody else changed this in the meantime. Nothing was written; look again, then repeat it.',
            {
              expected: error.expectedVersion,
              actual: error.actualVersion,
            },
          )
        throw error
      }
    },
  }
}

class RefusedAfterIntroduction extends Error {
  readonly result: { ok: false; error: Refusal }
  constructor(result: { ok: false; error: Refusal }) {
    super(result.error.message)
    this.result = result
  }
}
