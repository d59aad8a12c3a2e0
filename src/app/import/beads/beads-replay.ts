import type { Millis } from '#core/values/ids.ts'
import type { ImportDirectory } from '../history/import-entities.ts'
import type { ImportContext, ImportItem } from '../history/imported.ts'
import { issueHistory } from '../history/issue-history.ts'
import type { IssueHistory, Said } from '../history/source-acts.ts'
import { nobody, type SourcePerson } from '../history/source-person.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { addTo, jsonFieldsIn, shortText } from '../records/source-text.ts'
import {
  beadsFieldFollowing,
  beadsFieldTold,
  beadsLinks,
  beadsPerson,
  beginBeads,
  blockersOf,
  commentsOf,
  labelsOf,
  moveBeads,
} from './beads-fields.ts'

/** One change of one issue. `field` is `null` for its creation, whose fields are in `to`. */
export type BeadsChange = {
  readonly issue: string
  readonly field: string | null
  readonly from: unknown
  readonly to: unknown
  readonly at: Millis
  readonly commit: string
  readonly line: number
}

export type ReplayContext = {
  readonly directory: ImportDirectory
  readonly context: ImportContext
  /** Which issues have records in the file. */
  readonly known: { has(id: string): boolean }
}

/** Derived by the source from other fields. */
const counts = new Set(['dependency_count', 'dependent_count', 'comment_count', 'updated_at', 'content_hash'])
/** Said by the change of status in the same commit, where there is one. */
const ofStatus = new Set(['closed_at', 'close_reason', 'deleted_at', 'deleted_by', 'delete_reason'])

/**
 * Tells the changes of one issue, in the order given. An id that is created again at another time is another issue, made under the
 * same id by a copy of the tracker that did not know of the first: it becomes an issue of its own, whose ids hold its time of
 * creation, and later changes are its changes. A `created_at` that is merely changed, as merges of such copies do by the thousand,
 * stays a change of a field: the tracker itself went on treating it as one issue. Where the creation is missing (its line may be
 * broken), the values that the changes replaced say how the issue began.
 */
export function* beadsReplay(
  id: string,
  changes: readonly BeadsChange[],
  replay: ReplayContext,
): Iterable<ImportItem> {
  let teller: Teller | undefined
  let issues = 0
  const told = new Set<Millis>()
  for (const [place, change] of changes.entries()) {
    if (change.issue !== id) {
      teller?.blocking(change)
      continue
    }
    if (change.field === null) {
      const at = parseInstant(jsonFieldsIn(change.to).created_at) ?? change.at
      if (told.has(at)) {
        yield {
          kind: 'problem',
          line: change.line,
          reason: `${id} is created a second time, at the same moment; the first stands.`,
        }
        continue
      }
      told.add(at)
      if (teller) yield* teller.history.finish()
      teller = tellerOf(id, ++issues, at, jsonFieldsIn(change.to), change, replay)
    } else {
      teller ??= tellerOf(id, ++issues, change.at, valuesBefore(changes, id), change, replay, {
        creation: 'missing in the source',
      })
      teller.change(change, changes, place)
    }
  }
  if (teller) yield* teller.history.finish()
}

/** What each field was before its first change. */
function valuesBefore(changes: readonly BeadsChange[], id: string): JsonFields {
  const first = new Map<string, unknown>()
  for (const { issue, field, from } of changes)
    if (issue === id && field !== null && !first.has(field)) first.set(field, from)
  return Object.fromEntries(first)
}

type Teller = {
  readonly history: IssueHistory
  change(change: BeadsChange, all: readonly BeadsChange[], place: number): void
  /** Another issue's dependencies changed, and this one is or was among them. */
  blocking(change: BeadsChange): void
}

function tellerOf(
  id: string,
  ordinal: number,
  at: Millis,
  begun: JsonFields,
  first: BeadsChange,
  replay: ReplayContext,
  extra?: JsonFields,
): Teller {
  const { directory, context, known } = replay
  const idParts = ordinal > 1 ? [id, `created ${at}`] : [id]
  const history = issueHistory(['beads-events', ...idParts], first.line, directory, context)
  const idOf = (other: string): string => context.derive('beads-events', other, 'issue')
  const now: Record<string, unknown> = { ...begun }
  const comments = new Map<string, string>()
  let links = new Map<string, () => void>()

  const saidBy = (by: SourcePerson, change: BeadsChange, when: Millis = change.at): Said => ({
    by,
    at: when,
    key: [change.commit, change.field ?? 'created'],
  })
  const with_ = (said: Said, ...parts: readonly string[]): Said => ({ ...said, key: [...said.key, ...parts] })

  function tellLinks(change: BeadsChange): void {
    const next = new Map<string, () => void>()
    const elsewhere = new Map<string, string[]>()
    for (const link of beadsLinks(now)) {
      if (!known.has(link.target)) addTo(elsewhere, link.type, link.target)
      else {
        const [kind, target] = [link.kind, idOf(link.target)]
        const said = with_(
          saidBy(beadsPerson(link.by), change, change.field === null ? (link.at ?? at) : change.at),
          kind,
          link.target,
        )
        history.link(kind, target, kind === 'relates_to' ? { ...said, source: { type: link.type } } : said)
        next.set(`${kind} ${target}`, () =>
          history.unlink(kind, target, with_(saidBy(nobody, change), kind, link.target)),
        )
      }
    }
    for (const { target } of blockersOf(now)) if (!known.has(target)) addTo(elsewhere, 'blocked by', target)
    for (const [key] of links) if (!next.has(key)) unlinkOld(key, change)
    links = next
    for (const [type, ids] of elsewhere) history.field(type, ids, with_(saidBy(nobody, change), 'link', type))
  }

  function unlinkOld(key: string, change: BeadsChange): void {
    const [kind, target] = key.split(' ')
    if (kind === 'parent' || kind === 'relates_to' || kind === 'duplicates')
      history.unlink(kind, target ?? '', with_(saidBy(nobody, change), key))
  }

  function tellComments(change: BeadsChange): void {
    const next = commentsOf(now.comments)
    const present = new Set(next.map((comment) => comment.id))
    for (const gone of [...comments.keys()].filter((key) => !present.has(key))) {
      history.deleteComment(gone, with_(saidBy(nobody, change), gone))
      comments.delete(gone)
    }
    for (const comment of next) {
      if (!comments.has(comment.id))
        history.comment(comment.id, comment.text, {
          by: comment.by,
          at: comment.at ?? change.at,
          key: [comment.id],
        })
      else history.editComment(comment.id, comment.text, with_(saidBy(comment.by, change), comment.id))
      comments.set(comment.id, '')
    }
  }

  function tellLabels(before: JsonFields, change: BeadsChange): void {
    const after = labelsOf(now)
    const stay = new Set(after.map((name) => name.toLowerCase()))
    for (const name of labelsOf(before))
      if (!stay.has(name.toLowerCase())) history.unlabel(name, with_(saidBy(nobody, change), name))
    for (const name of after) history.label(name, with_(saidBy(nobody, change), name))
  }

  function tellStatus(
    change: BeadsChange,
    all: readonly BeadsChange[],
    place: number,
    before: unknown,
  ): void {
    const to = shortText(change.to) || 'open'
    const beside = alongside(all, place)
    const reason = shortText(beside.get(to === 'tombstone' ? 'delete_reason' : 'close_reason'))
    const by = to === 'tombstone' ? beadsPerson(beside.get('deleted_by') ?? now.deleted_by) : nobody
    const closedAt = beside.get('closed_at') ?? beside.get('deleted_at')
    const said: Said = {
      ...saidBy(by, change),
      ...(closedAt ? { source: { [to === 'tombstone' ? 'deleted_at' : 'closed_at']: closedAt } } : {}),
    }
    // "Hooked" and "in progress" are one state here; that it went from the one to the other is still told.
    if (mapStatus(to) === mapStatus(shortText(before) || 'open')) history.field('status', to, said)
    moveBeads(history, to, said, mapStatus(to) === 'closed' ? reason : '')
  }

  beginBeads(history, begun, ordinal > 1 ? `${id}#${ordinal}` : id, at, extra)
  tellLinks({ ...first, field: null })
  if (first.field === null) {
    tellComments(first)
    const status = shortText(begun.status) || 'open'
    const when =
      parseInstant(begun[status === 'tombstone' ? 'deleted_at' : 'closed_at']) ??
      parseInstant(begun.updated_at) ??
      first.at
    const by = status === 'tombstone' ? beadsPerson(begun.deleted_by) : nobody
    const reason = shortText(begun[status === 'tombstone' ? 'delete_reason' : 'close_reason'])
    if (status !== 'open')
      moveBeads(history, status, saidBy(by, first, when), mapStatus(status) === 'closed' ? reason : '')
  } else {
    for (const comment of commentsOf(begun.comments)) {
      history.comment(comment.id, comment.text, { by: comment.by, at: comment.at ?? at, key: [comment.id] })
      comments.set(comment.id, '')
    }
    const status = shortText(begun.status)
    if (status && status !== 'open')
      moveBeads(history, status, { by: nobody, at, key: ['initial', status] }, '')
  }

  return {
    history,
    change(change, all, place) {
      const field = change.field ?? ''
      const before = { ...now }
      now[field] = change.to
      const said = saidBy(nobody, change)
      if (counts.has(field)) return
      if (ofStatus.has(field) && alongside(all, place).has('status')) return
      const known = beadsFieldTold(field, change.to)
      if (known) return history.set(known.key, known.to, said)
      switch (field) {
        case 'title':
          return history.set('title', change.to, said)
        case 'description':
          return history.describe(change.to, said)
        case 'status':
          return tellStatus(change, all, place, before.status)
        case 'assignee':
          if (shortText(before.assignee)) history.unassign(beadsPerson(before.assignee), said)
          if (shortText(change.to)) history.assign(beadsPerson(change.to), said)
          return
        case 'labels':
        case 'issue_type':
          return tellLabels(before, change)
        case 'comments':
          return tellComments(change)
        case 'dependencies':
        case 'parent':
        case 'duplicate_of':
        case 'superseded_by':
        case 'replies_to':
          return tellLinks(change)
        default: {
          history.field(field, change.to, said)
          const following = beadsFieldFollowing(field, change.to)
          // Concluded: what an earlier Docket imported of the same file has the field by its name alone, and gets no second change for it.
          if (following) history.set(following.key, following.to, { ...said, concluded: true })
          return
        }
      }
    },
    blocking(change) {
      const blocks = blockersOf(
        change.field === null ? jsonFieldsIn(change.to) : { dependencies: change.to },
      ).find(({ target }) => target === id)
      const said = with_(saidBy(beadsPerson(blocks?.by), change), 'blocks', change.issue)
      if (blocks) history.link('blocks', idOf(change.issue), said)
      else if (change.field !== null) history.unlink('blocks', idOf(change.issue), said)
    },
  }
}

/** The fields that the same commit set in the same issue. */
function alongside(all: readonly BeadsChange[], place: number): ReadonlyMap<string, unknown> {
  const { commit, issue } = all[place] as BeadsChange
  const found = new Map<string, unknown>()
  for (const step of [-1, 1]) {
    for (let i = step < 0 ? place : place + 1; all[i]?.commit === commit; i += step) {
      const change = all[i] as BeadsChange
      if (change.issue === issue && change.field !== null) found.set(change.field, change.to)
    }
  }
  return found
}
