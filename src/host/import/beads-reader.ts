import type { Millis } from '#core/ids.ts'
import { beadsPerson, beginBeads, blockersOf, commentsOf, linksOf, moveBeads } from './beads-fields.ts'
import { type ImportDirectory, importDirectory, nobody } from './import-directory.ts'
import type { ImportContext, ImportItem, ImportReader } from './imported.ts'
import { parseInstant } from './instant.ts'
import { type Act, inTimeOrder, issueHistory, type Said } from './issue-history.ts'
import type { Fields } from './json-records.ts'
import { addTo, shortText } from './source-text.ts'
import {
  type IssueRecord,
  issueRecords,
  type KnownIssues,
  type NoIssue,
  noIssue,
  type RecordIdentity,
} from './two-passes.ts'

type Blocked = { readonly id: string; readonly at: Millis | null; readonly by: unknown }

/** Reads beads' `issues.jsonl`: each issue as it is now, with its creation, comments, links and end. */
export const readBeads: ImportReader = (file, context) => {
  const directory = importDirectory('beads', context)
  const blockedBy = new Map<string, Blocked[]>()
  const learn = (issue: Fields): void => {
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
      record.idParts.length > 1 ? [] : (blockedBy.get(record.identity.id) ?? []),
      directory,
      context,
    )
  return issueRecords(file, { listKeys: ['issues'], identify, learn, take })
}

function identify(issue: Fields): RecordIdentity | NoIssue {
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
  const history = issueHistory(['beads', ...idParts], line, directory, context)
  const idOf = (id: string): string => context.derive('beads', id, 'issue')
  beginBeads(history, issue, externalKey, at)
  const acts: Act[] = commentsOf(issue.comments).map((comment) => {
    const said: Said = { by: comment.by, at: comment.at ?? at, key: [comment.id] }
    return { at: said.at, tell: () => history.comment(comment.id, comment.text, said) }
  })
  const elsewhere = new Map<string, string[]>()
  for (const link of linksOf(issue)) {
    if (!known.has(link.target)) addTo(elsewhere, link.type, link.target)
    else {
      const said: Said = {
        by: beadsPerson(link.by),
        at: link.at ?? at,
        key: [link.kind, link.target],
        source: link.kind === 'relates_to' ? { type: link.type } : undefined,
      }
      acts.push({ at: said.at, tell: () => history.link(link.kind, idOf(link.target), said) })
    }
  }
  for (const blocked of blocks) {
    const said: Said = { by: beadsPerson(blocked.by), at: blocked.at ?? at, key: ['blocks', blocked.id] }
    acts.push({ at: said.at, tell: () => history.link('blocks', idOf(blocked.id), said) })
  }
  for (const { target } of blockersOf(issue)) if (!known.has(target)) addTo(elsewhere, 'blocked by', target)
  for (const [type, ids] of elsewhere) history.field(type, ids, { by: nobody, at, key: ['link', type] })
  acts.push(
    finalState(issue, identity, at, (status, said, reason) => moveBeads(history, status, said, reason)),
  )
  inTimeOrder(acts)
  return history.finish()
}

function finalState(
  issue: Fields,
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
  }
  return { at, tell: () => move(status, said, status === 'closed' || deleted ? reason : '') }
}
