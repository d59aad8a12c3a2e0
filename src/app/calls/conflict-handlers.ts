import type { ConflictSide, ConflictView } from '#contract/answers/sync-answers.ts'
import type { ListedType } from '#core/entities/kinds/entities.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import { fieldNamed, isFieldName } from '#core/issue/fields/fields.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { LinkKind } from '#core/issue/link-kinds.ts'
import { linkConflict } from '#core/issue/link-marks.ts'
import type { Rule } from '#core/rules/rule.ts'
import { done, refuse } from '#core/values/refusal.ts'
import { unreachable } from '#core/values/unreachable.ts'
import { type ConflictEntry, type ConflictPlace, conflictQuery } from '#db/queries/conflict-query.ts'
import { actionWords, whenWords } from '../rules/describe-rule.ts'
import { ruleNames } from '../rules/rule-dry-run.ts'
import { namedThing } from '../workspace/display-name.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { CallHandlers } from './handler-types.ts'

const cursorOf = ({ at, stream, key }: ConflictPlace): string => `${at}:${stream}:${key}`

/** `undefined` for text that no page handed out. */
function placeOf(cursor: string): ConflictPlace | undefined {
  const match = /^(\d{1,16}):(\d{1,16}):(.{1,300})$/s.exec(cursor)
  return match ? { at: Number(match[1]), stream: Number(match[2]), key: match[3] as string } : undefined
}

/** What the calls about conflicts do. */
export function conflictHandlers(workspace: Workspace): Pick<CallHandlers, 'conflicts.list'> {
  const { database, log, entities, me } = workspace
  const query = conflictQuery(database, log.streamIds, log.toEvent, {
    all: () => workspace.linkMarks().map((mark) => ({ ...linkConflict(mark), issueId: mark.link.source })),
    event: log.event,
    settled: (issueId) => log.issue(issueId).settled,
  })

  function people(): (id: string) => string {
    const names = new Map(entities.rows('member').map(({ id, name }) => [id, name]))
    return (id) => names.get(id) ?? 'Somebody'
  }

  const nameOf = (to: ListedType, id: string): string => namedThing(workspace, { type: to, id }, []).name

  /** A rule as people read it, a line a part. */
  function inWords({ name, when, query, then }: Rule): string {
    const names = ruleNames(workspace)
    return [
      name,
      `When: ${whenWords(when)}`,
      `If: ${query || 'any issue'}`,
      ...then.map((action) => `Then: ${actionWords(action, names)}`),
    ].join('\n')
  }

  /** What an event set the field to, as people read it. */
  function wordsOf(event: RecordedEvent, { field }: ConflictEntry): string | null {
    if (event.waiting) return null
    const data = event.data as Record<string, unknown>
    const text = (value: unknown): string | null =>
      value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)
    if (isFieldName(field)) {
      const of = fieldNamed(field)
      const value = of && (event.type === 'created' ? data[of.key] : data.to)
      return of?.kind.operand === 'reference' && typeof value === 'string'
        ? nameOf(of.kind.to, value)
        : text(value)
    }
    switch (field) {
      case 'status': {
        const id = String(data.to ?? data.status)
        return log.workflow().states.find((state) => state.id === id)?.name ?? id
      }
      case 'comment':
        return event.type === 'comment_deleted' ? null : text(data.body)
      case 'description':
        return text(event.type === 'created' ? data[field] : data.to)
      case 'link': {
        const { kind, target } = data as { kind: LinkKind; target: string }
        const other = log.issue(target)
        const name = `${issueKey(workspace.name().keyPrefix, other)} ${other.title}`
        return kind === 'parent' ? name : `${kind.replace('_', ' ')} ${name}`
      }
      case 'email':
      case 'field':
      case 'name':
        return text(data.to)
      case 'colour':
        return text(data.to ?? data.colour)
      case 'rule':
        return event.type === 'rule_removed' ? null : inWords((data.to ?? data.rule) as Rule)
      case 'event_type':
        return text(data.sentence ?? Object.keys(data.properties ?? {}).join(', '))
      case 'enabled':
        return event.type === 'rule_removed' ? null : event.type === 'rule_enabled' ? 'on' : 'off'
      default:
        return unreachable(field)
    }
  }

  return {
    async 'conflicts.list'({ show, issueId, limit, before }) {
      const place = before === undefined ? undefined : placeOf(before)
      if (before !== undefined && !place)
        return refuse('invalid_cursor', 'That is not where a page of conflicts ended.')
      log.refreshIfChangedElsewhere()
      const nameOf = people()
      const entries = query.page({ show, issueId, limit, before: place })
      const side = (event: RecordedEvent, entry: ConflictEntry): ConflictSide => ({
        eventId: event.id,
        actorId: event.actorId,
        actorName: nameOf(event.actorId),
        at: event.occurredAt,
        value: wordsOf(event, entry),
      })
      const conflicts = entries.map((entry): ConflictView => {
        const of = namedThing(workspace, entry.of, [entry.won, entry.lost])
        return {
          id: entry.id,
          of,
          issue: entry.issue ? { id: of.id, key: of.name, title: entry.issue.title } : null,
          field: entry.field,
          fieldName: entry.field === 'field' ? entry.part : null,
          lost: side(entry.lost, entry),
          won: side(entry.won, entry),
          mine: entry.lost.actorId === me.memberId,
          settled: entry.settled && {
            how: entry.settled.how,
            byName: nameOf(entry.settled.by),
            at: entry.settled.at,
          },
        }
      })
      const last = entries.at(-1)
      return done({
        conflicts,
        next: last && entries.length === limit ? cursorOf(last.place) : null,
        open: query.open(),
      })
    },
  }
}
