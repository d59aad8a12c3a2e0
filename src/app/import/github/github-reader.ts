import type { Millis } from '#core/values/ids.ts'
import { type ImportDirectory, importDirectory } from '../history/import-entities.ts'
import type { ImportContext, ImportItem, ImportReader } from '../history/imported.ts'
import { issueHistory } from '../history/issue-history.ts'
import { identityParts } from '../history/issue-identity.ts'
import {
  type IssueRecord,
  issueRecords,
  type KnownIssues,
  type NoIssue,
  noIssue,
} from '../history/issue-records.ts'
import type { RecordIdentity } from '../history/record-identity.ts'
import { type Act, type IssueHistory, inTimeOrder, type Said } from '../history/source-acts.ts'
import { parseInstant } from '../records/instant.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonFieldsIn, leftovers, listOf, nameAt, objectsIn, shortText } from '../records/source-text.ts'
import { restShape } from './github-cli-shape.ts'
import { githubLastingId } from './github-identity.ts'
import { githubPerson, learnPeople, recognisePeople } from './github-person.ts'
import { closingReason, githubPresent, isPullRequest, typeOf } from './github-present.ts'
import { repositoryOf } from './github-repository.ts'
import { githubAct } from './github-timeline.ts'

/**
 * Reads GitHub issues as the REST API returns them (an array, one a line, search results, or `{issue, comments, timeline}`; in pages or not) or
 * as `gh issue list --json` does.
 * Comments and the timeline may be embedded in each (`comments`, `comments_data`, `timeline`); without a timeline the issue's
 * own fields say how it ended. Pull requests come in the same lists; they are reported as passed over unless asked for.
 */
export const readGithub: ImportReader = (file, context) => {
  const directory = importDirectory('github', context)
  return issueRecords(file, {
    format: 'github',
    context,
    learn(record, identity) {
      const issue = unwrapped(record)
      learnPeople(issue, identity.updatedAt ?? identity.createdAt ?? 0, directory)
      const { here, derive } = context
      if (!here) return
      const parts = (): readonly string[] => identityParts('github', identity, 1, context)
      const known = () => {
        const issueId = derive(...parts(), 'issue')
        return here.has('issue', issueId) ? here.issue(issueId) : undefined
      }
      recognisePeople(issue, directory, known, (id) => derive(...parts(), 'comment', id))
    },
    listKeys: ['items', 'issues'],
    identify: identify(context.withPullRequests === true),
    take: (record, known) => readIssue(record, known, directory, context),
  })
}

/** The issue itself as the REST API has it, with what was handed over beside it put inside. */
function unwrapped(from: JsonFields): JsonFields {
  const record = restShape(from)
  const { issue, comments, comments_data, timeline, events } = record
  if (!isFields(issue)) return record
  return {
    ...issue,
    comments_data: comments_data ?? (Array.isArray(comments) ? comments : undefined),
    timeline: timeline ?? events ?? issue.timeline,
  }
}

const identify =
  (withPullRequests: boolean) =>
  (record: JsonFields): RecordIdentity | NoIssue => {
    const issue = unwrapped(record)
    const number = shortText(issue.number)
    if (!/^\d+$/.test(number)) return noIssue('The record is not a GitHub issue: it has no number.')
    const id = `${repositoryOf(issue)}#${number}`
    if (!withPullRequests && isPullRequest(issue))
      return noIssue(`${id} is a pull request and was passed over.`, 'pull request')
    const createdAt = parseInstant(issue.created_at)
    const updatedAt = parseInstant(issue.updated_at)
    return createdAt === null && updatedAt === null
      ? noIssue(`${id} has no date of creation that can be read.`)
      : { id, createdAt, updatedAt, lasting: githubLastingId(issue) }
  }

const told = new Set([
  'title',
  'body',
  'body_html',
  'body_text',
  'user',
  'labels',
  'assignee',
  'assignees',
  'state',
  'created_at',
  'updated_at',
  'closed_at',
  'closed_by',
  'number',
  'comments',
  'comments_data',
  'timeline',
  'events',
  'repository',
  'locked',
  'draft',
  'reactions',
  'milestone',
  'sub_issues_summary',
  'issue_dependencies_summary',
  'type',
])

function readIssue(
  record: IssueRecord,
  known: KnownIssues,
  directory: ImportDirectory,
  context: ImportContext,
): ImportItem[] {
  const issue = unwrapped(record.value)
  const { identity, idParts, externalKey, line } = record
  const at = identity.createdAt ?? identity.updatedAt ?? 0
  const history = issueHistory(idParts, line, directory, context)
  const timeline = objectsIn(issue.timeline)
  const begun: Said = { by: githubPerson(issue.user), at, key: [], concluded: true }
  history.begin(
    { title: titleAtFirst(issue, timeline), description: issue.body, externalKey },
    { ...begun, source: sourceOf(issue), originalHash: originalHash(issue.body) },
  )
  const add = (what: string): Said => ({ ...begun, key: ['initial', what] })
  const inTimeline = timelineNames(timeline)
  for (const label of listOf(issue.labels)) {
    const name = typeof label === 'string' ? shortText(label) : nameAt(jsonFieldsIn(label), 'name')
    // A label whose adding the timeline tells was not there from the start.
    if (name && !inTimeline.labels.has(name))
      history.label(name, add(`label ${name}`), nameAt(jsonFieldsIn(label), 'color'))
  }
  for (const name of inTimeline.unlabeledFirst) history.label(name, add(`label ${name}`))
  const type = typeOf(issue)
  if (type) history.label(type, { ...add(`type ${type}`), source: { of: 'type' } })
  for (const user of objectsIn(issue.assignees ?? (issue.assignee ? [issue.assignee] : []))) {
    const person = githubPerson(user)
    if (!inTimeline.assignees.has(person.key)) history.assign(person, add(`assignee ${person.key}`))
  }
  const linkTo = (target: string): string | null => known.issueId(target) ?? null
  const repository = repositoryOf(issue)
  inTimeOrder([
    ...timeline.flatMap((entry, ordinal) =>
      githubAct(entry, ordinal, { history, repository, linkTo, fallback: at }),
    ),
    ...commentActs(issue, history, at),
    ...finalState(issue, history, identity),
  ])
  return history.finish(githubPresent(issue, identity.updatedAt, externalKey))
}

function sourceOf(issue: JsonFields): JsonFields {
  const reactions = jsonFieldsIn(issue.reactions)
  const milestone = nameAt(issue, 'milestone', 'title')
  return {
    ...leftovers(issue, told),
    ...(shortText(issue.html_url) ? { url: shortText(issue.html_url) } : {}),
    ...(issue.locked === true ? { locked: true } : {}),
    ...(milestone ? { milestone } : {}),
    ...(typeof reactions.total_count === 'number' && reactions.total_count > 0
      ? { reactions: leftovers(reactions, zero(reactions)) }
      : {}),
  }
}

const zero = (reactions: JsonFields): ReadonlySet<string> =>
  new Set(Object.keys(reactions).filter((key) => reactions[key] === 0))

function titleAtFirst(issue: JsonFields, timeline: readonly JsonFields[]): unknown {
  const renamed = timeline.find((entry) => entry.event === 'renamed')
  return renamed ? (jsonFieldsIn(renamed.rename).from ?? issue.title) : issue.title
}

/** What the timeline tells of labels and assignees, so that the start is not told twice. */
function timelineNames(timeline: readonly JsonFields[]) {
  const labels = new Set<string>()
  const assignees = new Set<string>()
  const unlabeledFirst = new Set<string>()
  for (const entry of timeline) {
    const name = nameAt(entry, 'label', 'name')
    if (entry.event === 'unlabeled' && name && !labels.has(name)) unlabeledFirst.add(name)
    if ((entry.event === 'labeled' || entry.event === 'unlabeled') && name) labels.add(name)
    if (entry.event === 'assigned') assignees.add(githubPerson(entry.assignee).key)
  }
  return { labels, assignees, unlabeledFirst }
}

function commentActs(issue: JsonFields, history: IssueHistory, fallback: Millis): Act[] {
  const comments = issue.comments_data ?? issue.comments
  return objectsIn(comments).flatMap((comment, ordinal) =>
    githubAct({ event: 'commented', ...comment }, ordinal, {
      history,
      repository: '',
      linkTo: () => null,
      fallback,
    }),
  )
}

/** Closes an issue that is closed, where no timeline did; told last, for whatever the times say. */
function finalState(issue: JsonFields, history: IssueHistory, identity: RecordIdentity): Act[] {
  const closed = issue.state === 'closed'
  const when = parseInstant(issue.closed_at) ?? identity.updatedAt ?? identity.createdAt ?? 0
  const hasTimeline = objectsIn(issue.timeline).some(
    (entry) => entry.event === 'closed' || entry.event === 'reopened',
  )
  if (!closed && !hasTimeline) return []
  const said: Said = {
    by: githubPerson(issue.closed_by),
    at: when,
    key: ['final', shortText(issue.state), String(when)],
    concluded: true,
  }
  const reason = closingReason(issue)
  return [
    {
      at: hasTimeline ? Number.MAX_SAFE_INTEGER : when,
      tell: () => history.move(closed ? 'closed' : 'open', said, closed ? reason : undefined),
    },
  ]
}
