import { and, eq, sql } from 'drizzle-orm'
import type { Conflict } from '#core/conflicts/conflict.ts'
import type { Entities } from '#core/entities/decide-entity.ts'
import type { RegisteredTypes } from '#core/event-types/registered-type.ts'
import type { StreamType } from '#core/events/event.ts'
import { dayOf, startOfDay } from '#core/filter/local-days.ts'
import type { DecisionContext } from '#core/issue/decide/decision.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { LinkKind } from '#core/issue/link-kinds.ts'
import { type LinkMark, linkConflict, wayAlong, withoutCircles } from '#core/issue/link-marks.ts'
import type { RuleContext } from '#core/rules/decide-rule.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { mentionedIn } from '#core/text/mentions.ts'
import { type IssueMachine, issueMachine } from '#core/workflow/issue-machine.ts'
import { registeredTypes } from '#db/log/read/registered-types.ts'
import type { SqliteEventLog } from '#db/log/sqlite-log.ts'
import { ruleQuery } from '#db/queries/rule-query.ts'
import { type LocalSettings, workspaceNames } from '#db/queries/workspace-settings.ts'
import { issueLinks, issues, labels, members, projects } from '#db/schema.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'
import { ruleEndpoints } from '#inboxes/store/rule-facts.ts'

/** What decisions ask of the workspace. Inside of a write transaction it is what the write builds on. */
export type DecisionLookups = {
  machine(): IssueMachine
  memberExists(id: string): boolean
  /** What a decision about an issue may ask. @param actorId who wants it. */
  issueContext(actorId: string): DecisionContext
  /** The workspace's people, labels and projects. */
  directory(): Entities
  /** The types of events of the workspace's own. */
  eventTypes(): RegisteredTypes
  /** The rules, and what a decision about them may ask. */
  ruleContext(): RuleContext
}

const p = sql.placeholder

export function decisionLookups(
  database: WriteDatabase,
  log: SqliteEventLog,
  me: LocalSettings,
  findIssue: (text: string) => string | undefined,
  folder: string,
  marks: () => readonly LinkMark[],
): DecisionLookups {
  const { orm } = database
  const memberRow = orm
    .select({ id: members.id })
    .from(members)
    .where(eq(members.id, p('id')))
    .prepare()
  const labelRow = orm
    .select({ id: labels.id })
    .from(labels)
    .where(eq(labels.id, p('id')))
    .prepare()
  const projectRow = orm
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, p('id')))
    .prepare()
  const issueRow = orm
    .select({ id: issues.id })
    .from(issues)
    .where(eq(issues.id, p('id')))
    .prepare()
  const numberOf = orm
    .select({ number: issues.number })
    .from(issues)
    .where(eq(issues.id, p('id')))
    .prepare()
  const targetsOf = orm
    .select({ target: issueLinks.target })
    .from(issueLinks)
    .where(and(eq(issueLinks.source, p('id')), eq(issueLinks.kind, p('kind'))))
    .prepare()
  const rules = ruleQuery(database, log.streamIds)
  const eventTypes = registeredTypes(database)
  const workspaceName = workspaceNames(database, log.directoryVersion)
  let machine: IssueMachine | undefined
  let machineOf: unknown
  let handlesAt = -1
  let handles: ReadonlyMap<string, string> = new Map()

  const exists = (
    lookup: { get(values: { id: number }): unknown },
    type: StreamType,
    uuid: string,
  ): boolean => {
    const stream = log.streamIds.find(uuid, type)
    return stream !== undefined && lookup.get({ id: stream.id }) !== undefined
  }

  function keyOf(uuid: string): string {
    const stream = log.streamIds.find(uuid, 'issue')
    const row = stream && numberOf.get({ id: stream.id })
    return issueKey(workspaceName().keyPrefix, { id: uuid, number: row?.number ?? null })
  }

  function circle(kind: LinkKind, source: string, target: string): readonly string[] | undefined {
    if (!withoutCircles.has(kind)) return undefined
    const uuidOf = (id: number) => log.streamIds.stream(id).uuid
    const way = wayAlong(target, source, (from) => {
      const stream = log.streamIds.find(from, 'issue')
      return stream
        ? targetsOf.all({ id: stream.id, kind }).map((row) => ({ target: uuidOf(row.target) }))
        : []
    })
    return way && [source, target, ...way.map((step) => step.target)].map(keyOf)
  }

  const linkConflicts = (issueId: string): readonly Conflict[] =>
    marks().flatMap((mark) => (mark.link.source === issueId ? linkConflict(mark) : []))

  function currentMachine(): IssueMachine {
    const workflow = log.workflow()
    if (machineOf !== workflow || !machine) {
      machine = issueMachine(workflow)
      machineOf = workflow
    }
    return machine
  }

  function memberCalled(handle: string): string | undefined {
    if (handlesAt !== log.directoryVersion()) {
      handlesAt = log.directoryVersion()
      const rows = orm.select({ id: members.id, handle: members.handle }).from(members).all()
      handles = new Map(rows.map((row) => [foldedName(row.handle), log.streamIds.stream(row.id).uuid]))
    }
    return handles.get(foldedName(handle))
  }

  function issueContext(actorId: string): DecisionContext {
    const workflow = log.workflow()
    return {
      actorId,
      machine: currentMachine(),
      initialStatus: workflow.initial,
      nextNumber: log.nextNumber,
      memberExists: (id) => exists(memberRow, 'member', id),
      labelExists: (id) => exists(labelRow, 'label', id),
      projectExists: (id) => exists(projectRow, 'project', id),
      mentioned: (text) => mentionedIn(text, memberCalled),
      issueExists: (id) => exists(issueRow, 'issue', id),
      circle,
      linkConflicts,
      eventOf: log.event,
      statusName: (id) => workflow.states.find((state) => state.id === id)?.name ?? id,
    }
  }

  function directory(): Entities {
    const entries = <Row extends { id: number }>(rows: readonly Row[]) =>
      new Map(
        rows.map((row) => [
          log.streamIds.stream(row.id).uuid,
          { ...row, id: log.streamIds.stream(row.id).uuid },
        ]),
      )
    return {
      workspace: { id: me.workspaceId, ...workspaceName() },
      labels: entries(orm.select().from(labels).all()),
      projects: entries(orm.select().from(projects).all()),
      members: entries(orm.select().from(members).all()),
    }
  }

  function ruleContext(): RuleContext {
    const known = directory()
    return {
      rules: new Map(rules().map((rule) => [rule.id, rule])),
      memberExists: (id) => exists(memberRow, 'member', id),
      labelExists: (id) => exists(labelRow, 'label', id),
      workflow: log.workflow(),
      ownTypes: () => [...eventTypes().values()].flatMap(({ name, retired }) => (retired ? [] : name)),
      endpoints: () => ruleEndpoints(folder),
      filter: {
        me: me.memberId,
        members: [...known.members.values()],
        labels: [...known.labels.values()],
        projects: [...known.projects.values()],
        workflow: log.workflow(),
        findIssue,
        now: Date.now(),
        startOfDay,
        dayOf,
      },
    }
  }

  return {
    machine: currentMachine,
    memberExists: (id) => exists(memberRow, 'member', id),
    issueContext,
    directory,
    eventTypes,
    ruleContext,
  }
}
