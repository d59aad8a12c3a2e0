import { and, eq, sql } from 'drizzle-orm'
import type { Conflict } from '#core/conflicts/conflict.ts'
import type { Entities } from '#core/entities/decide-entity.ts'
import { eachListed, type ListedType } from '#core/entities/kinds/entities.ts'
import type { RegisteredTypes } from '#core/event-types/registered-type.ts'
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
import { entityQuery } from '#db/queries/entity-query.ts'
import { ruleQuery } from '#db/queries/rule-query.ts'
import { type LocalSettings, workspaceNames } from '#db/queries/workspace-settings.ts'
import { issueLinks, issues } from '#db/schema.ts'
import type { WriteDatabase } from '#db/sqlite/open-database.ts'
import { ruleEndpoints } from '#inboxes/store/rule-facts.ts'

/** What decisions ask of the workspace. Inside of a write transaction it is what the write builds on. */
export type DecisionLookups = {
  machine(): IssueMachine
  entityExists(type: ListedType, id: string): boolean
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
  const known = entityQuery(database, log.streamIds)
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
      handles = new Map(known.rows('member').map(({ id, handle }) => [foldedName(handle), id]))
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
      entityExists: known.has,
      mentioned: (text) => mentionedIn(text, memberCalled),
      issueExists(id) {
        const stream = log.streamIds.find(id, 'issue')
        return stream !== undefined && issueRow.get({ id: stream.id }) !== undefined
      },
      circle,
      linkConflicts,
      eventOf: log.event,
      statusName: (id) => workflow.states.find((state) => state.id === id)?.name ?? id,
    }
  }

  function directory(): Entities {
    return {
      workspace: { id: me.workspaceId, ...workspaceName() },
      ...(eachListed(({ type }) => new Map(known.rows(type).map((row) => [row.id, row]))) as Omit<
        Entities,
        'workspace'
      >),
    }
  }

  function ruleContext(): RuleContext {
    return {
      rules: new Map(rules().map((rule) => [rule.id, rule])),
      entityExists: known.has,
      workflow: log.workflow(),
      ownTypes: () => [...eventTypes().values()].flatMap(({ name, retired }) => (retired ? [] : name)),
      endpoints: () => ruleEndpoints(folder),
      filter: {
        me: me.memberId,
        ...known.all(),
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
    entityExists: known.has,
    issueContext,
    directory,
    eventTypes,
    ruleContext,
  }
}
