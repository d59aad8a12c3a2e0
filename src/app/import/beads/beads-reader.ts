import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Millis } from '#core/values/ids.ts'
import { type ImportDirectory, importDirectory } from '../history/import-entities.ts'
import type { ImportContext, ImportItem, ImportReader } from '../history/imported.ts'
import { issueHistory } from '../history/issue-history.ts'
import {
  type IssueRecord,
  issueRecords,
  type KnownIssues,
  type NoIssue,
  noIssue,
} from '../history/issue-records.ts'
import type { RecordIdentity } from '../history/record-identity.ts'
import { type Act, inTimeOrder, type Said } from '../history/source-acts.ts'
import { nobody } from '../history/source-person.ts'
import { mapStatus } from '../history/status-mapping.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { addTo, jsonTextIn, shortText } from '../records/source-text.ts'
import {
  beadsKeptAs,
  beadsLinks,
  beadsPerson,
  beadsValues,
  beginBeads,
  blockersOf,
  commentsOf,
  labelsOf,
  moveBeads,
  textFields,
} from './beads-fields.ts'

type Blocked = { readonly id: string; readonly at: Millis | null; readonly by: unknown }

/** Reads beads' `issues.jsonl`: each issue as it is now, with its creation, comments, links and end. */
export const readBeads: ImportReader = (file, context) => {
  const directory = importDirectory('beads', context)
  const blockedBy = new Map<string, Blocked[]>()
  const learn = (issue: JsonFields): void => {
    for (const { target, at, by } of blockersOf(issue)) {
      const all = blockedBy.get(target)
      const blocked = { id: shortText(issue.id), at, by }
      if (all) all.push(blocked)
      else blockedBy.set(target, [blocked])
    }
  }
  const take = (record: IssueRecord, known: KnownIssues) =>
    readIssue(
      record,
      known,
      record.ordinal > 1 ? [] : (blockedBy.get(record.identity.id) ?? []),
      directory,
      context,
    )
  return issueRecords(file, { format: 'beads', context, listKeys: ['issues'], identify, learn, take })
}

function identify(issue: JsonFields): RecordIdentity | NoIssue {
  const id = shortText(issue.id)
  if (!id) return noIssue('The issue has no id.')
  const createdAt = parseInstant(issue.created_at)
  const updatedAt = parseInstant(issue.updated_at)
  return createdAt === null && updatedAt === null
    ? noIssue(`${id} has no date of creation that can be read.`)
    : { id, createdAt, updatedAt }
}

function readIssue(
  record: IssueRecord,
  known: KnownIssues,
  blocks: readonly Blocked[],
  directory: ImportDirectory,
  context: ImportContext,
): ImportItem[] {
  const { value: issue, identity, idParts, externalKey, line } = record
  const at = identity.createdAt ?? identity.updatedAt ?? 0
  const history = issueHistory(idParts, line, directory, context)
  beginBeads(history, issue, externalKey, at)
  const acts: Act[] = commentsOf(issue.comments).map((comment) => {
    const said: Said = {
      by: comment.by,
      at: comment.at ?? at,
      key: [comment.id],
      originalHash: originalHash(comment.text),
    }
    return { at: said.at, tell: () => history.comment(comment.id, comment.text, said) }
  })
  const elsewhere = new Map<string, string[]>()
  const links: { kind: LinkKind; target: string; at: Millis | null; source?: JsonFields }[] = []
  const add = (
    kind: LinkKind,
    target: string,
    from: { at: Millis | null; by: unknown },
    more: { key: string; source?: JsonFields },
  ) => {
    const said: Said = {
      by: beadsPerson(from.by),
      at: from.at ?? at,
      key: [kind, more.key],
      source: more.source,
      concluded: true,
    }
    acts.push({ at: said.at, tell: () => history.link(kind, target, said) })
    if (target !== history.issueId)
      links.push({ kind, target, at: from.at, ...(more.source ? { source: more.source } : {}) })
  }
  for (const link of beadsLinks(issue)) {
    const target = known.issueId(link.target)
    if (target === undefined) addTo(elsewhere, link.type, link.target)
    else
      add(link.kind, target, link, {
        key: link.target,
        ...(link.kind === 'relates_to' ? { source: { type: link.type } } : {}),
      })
  }
  for (const blocked of blocks) {
    const target = known.issueId(blocked.id)
    if (target !== undefined) add('blocks', target, blocked, { key: blocked.id })
  }
  for (const { target } of blockersOf(issue))
    if (known.issueId(target) === undefined) addTo(elsewhere, 'blocked by', target)
  for (const [type, ids] of elsewhere)
    history.field(type, ids, { by: nobody, at, key: ['link', type], concluded: true })
  acts.push(
    finalState(issue, identity, at, (status, said, reason) => moveBeads(history, status, said, reason)),
  )
  inTimeOrder(acts)
  const status = shortText(issue.status) || 'open'
  const own = parseInstant(issue[status === 'tombstone' ? 'deleted_at' : 'closed_at'])
  return history.finish({
    updatedAt: identity.updatedAt,
    externalKey,
    title: issue.title ?? '',
    description: { text: issue.description, hash: originalHash(issue.description) },
    ...beadsValues(issue),
    keptAs: beadsKeptAs(issue),
    status: {
      to: mapStatus(status),
      at: status === 'closed' || status === 'tombstone' ? own : null,
      reason: jsonTextIn(issue[status === 'tombstone' ? 'delete_reason' : 'close_reason']),
      source: { status },
    },
    archived: status === 'tombstone',
    labels: labelsOf(issue).map((name) => ({ name })),
    assignees: shortText(issue.assignee) ? [beadsPerson(issue.assignee)] : [],
    links: {
      list: links,
      // Whom it blocks, those say: only where they are in the file, it would be seen.
      gone: (kind, target) =>
        kind === 'blocks' ? known.holds(target) : issue.dependencies !== undefined || !issue.dependency_count,
    },
    comments: {
      complete: issue.comments !== undefined || !issue.comment_count,
      list: commentsOf(issue.comments).map(({ id, text, at: saidAt, by }) => ({
        id,
        text,
        hash: originalHash(text),
        by,
        at: saidAt ?? at,
        edited: null,
      })),
    },
    fields: {
      ...Object.fromEntries(textFields.map((field) => [field, jsonTextIn(issue[field]) || null])),
      ...Object.fromEntries(elsewhere),
    },
  })
}

function finalState(
  issue: JsonFields,
  identity: RecordIdentity,
  created: Millis,
  move: (status: string, said: Said, reason: string) => void,
): Act {
  const status = shortText(issue.status) || 'open'
  const deleted = status === 'tombstone'
  const own = parseInstant(issue[deleted ? 'deleted_at' : status === 'closed' ? 'closed_at' : 'updated_at'])
  const at = own ?? identity.updatedAt ?? created
  const reason =
    typeof issue[deleted ? 'delete_reason' : 'close_reason'] === 'string'
      ? String(issue[deleted ? 'delete_reason' : 'close_reason'])
      : ''
  const said: Said = {
    by: deleted ? beadsPerson(issue.deleted_by) : nobody,
    at,
    key: ['final', status, String(at)],
    concluded: true,
  }
  return { at, tell: () => move(status, said, status === 'closed' || deleted ? reason : '') }
}
