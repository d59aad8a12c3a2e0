import type { LinkKind } from '#core/issue/issue-events.ts'
import type { Millis } from '#core/values/ids.ts'
import type { Act, IssueHistory, Said } from '../history/source-acts.ts'
import { parseInstant } from '../records/instant.ts'
import type { JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonFieldsIn, leftovers, nameAt, shortText } from '../records/source-text.ts'
import { githubPerson } from './github-person.ts'
import { repositoryOf } from './github-repository.ts'

export type TimelineContext = {
  readonly history: IssueHistory
  /** `owner/name` of the issue, for entries that name another issue by its number alone. */
  readonly repository: string
  /** The id of an issue in the same file; `null` where it is not there. */
  readonly linkTo: (target: string) => string | null
  /** The time of an entry without one. */
  readonly fallback: Millis
}

/** Entries that say nothing that the issue keeps: who was told, and what belongs to pull requests. */
const silent = new Set([
  'mentioned',
  'committed',
  'reviewed',
  'line-commented',
  'commit-commented',
  'review_requested',
  'review_request_removed',
  'review_dismissed',
  'head_ref_deleted',
  'head_ref_force_pushed',
  'head_ref_restored',
  'subscribed',
  'unsubscribed',
])

const linkEvents: Readonly<Record<string, { kind: LinkKind; field: string; add: boolean }>> = {
  parent_issue_added: { kind: 'parent', field: 'parent_issue', add: true },
  parent_issue_removed: { kind: 'parent', field: 'parent_issue', add: false },
  blocking_added: { kind: 'blocks', field: 'blocking', add: true },
  blocking_removed: { kind: 'blocks', field: 'blocking', add: false },
}

/** The other side of those: told by the issue that the link starts from. */
const toldByOther = new Set([
  'sub_issue_added',
  'sub_issue_removed',
  'blocked_by_added',
  'blocked_by_removed',
])

/** What one timeline entry (or comment) tells; none where it tells nothing. */
export function githubAct(entry: JsonFields, ordinal: number, context: TimelineContext): Act[] {
  const event = shortText(entry.event)
  if (event === '' || silent.has(event) || toldByOther.has(event)) return []
  const at = parseInstant(entry.created_at) ?? parseInstant(entry.submitted_at) ?? context.fallback
  const id = shortText(entry.id) || `${event} at ${at} ${ordinal}`
  const said: Said = { by: githubPerson(entry.actor ?? entry.user), at, key: [id] }
  return [{ at, tell: () => tell(event, id, entry, said, context) }]
}

function tell(
  event: string,
  id: string,
  entry: JsonFields,
  said: Said,
  { history, repository, linkTo }: TimelineContext,
) {
  const label = nameAt(entry, 'label', 'name')
  switch (event) {
    case 'commented': {
      const editedAt = parseInstant(entry.updated_at)
      const edited =
        editedAt !== null && editedAt > said.at
          ? { source: { edited: new Date(editedAt).toISOString() } }
          : {}
      return history.comment(id, entry.body, { ...said, ...edited, originalHash: originalHash(entry.body) })
    }
    case 'labeled':
      return label ? history.label(label, said, nameAt(entry, 'label', 'color')) : undefined
    case 'unlabeled':
      return label ? history.unlabel(label, said) : undefined
    case 'assigned':
      return history.assign(githubPerson(entry.assignee), said)
    case 'unassigned':
      return history.unassign(githubPerson(entry.assignee), said)
    case 'renamed':
      return history.set('title', jsonFieldsIn(entry.rename).to, said)
    case 'closed': {
      const commit = shortText(entry.commit_id)
      return history.move(
        'closed',
        commit ? { ...said, source: { commit } } : said,
        shortText(entry.state_reason).replaceAll('_', ' '),
      )
    }
    case 'reopened':
      return history.move('open', said)
    case 'milestoned':
      return history.field('milestone', nameAt(entry, 'milestone', 'title'), said)
    case 'demilestoned':
      return history.field('milestone', null, said)
    case 'locked':
      return history.field('locked', shortText(entry.lock_reason) || true, said)
    case 'unlocked':
      return history.field('locked', null, said)
    case 'pinned':
    case 'unpinned':
      return history.field('pinned', event === 'pinned', said)
    case 'issue_type_added':
    case 'issue_type_changed':
    case 'issue_type_removed': {
      const [before, after] = [
        nameAt(entry, 'prev_issue_type', 'name').toLowerCase(),
        nameAt(entry, 'issue_type', 'name').toLowerCase(),
      ]
      if (before) history.unlabel(before, said)
      return after ? history.label(after, said) : undefined
    }
    case 'cross-referenced': {
      const source = jsonFieldsIn(jsonFieldsIn(entry.source).issue)
      const name = `${repositoryOf(source) || repository}#${shortText(source.number)}`
      const target = source.pull_request ? null : linkTo(name)
      if (target) return history.link('relates_to', target, { ...said, key: ['cross-referenced', name] })
      return shortText(source.number)
        ? history.field(`mentioned in ${name}`, shortText(source.title) || true, {
            ...said,
            key: ['cross-referenced', name],
          })
        : undefined
    }
    default: {
      const link = Object.hasOwn(linkEvents, event) ? linkEvents[event] : undefined
      if (!link) return history.field(event.replaceAll('_', ' '), leftovers(entry, plain) ?? true, said)
      const other = jsonFieldsIn(entry[link.field])
      const name = `${repositoryOf(other) || repository}#${shortText(other.number)}`
      const target = linkTo(name)
      if (!target) return history.field(link.kind, link.add ? name : null, said)
      return link.add ? history.link(link.kind, target, said) : history.unlink(link.kind, target, said)
    }
  }
}

const plain = new Set(['event', 'actor', 'user', 'id', 'created_at', 'updated_at', 'commit_id', 'commit_url'])
