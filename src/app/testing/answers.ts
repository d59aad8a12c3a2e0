import { stateDigests } from '#db/queries/state-digest.ts'
import { feedItem } from '../calls/feed-items.ts'
import { issueDetail } from '../calls/issue-detail.ts'
import { issueQueries } from '../calls/issue-queries.ts'
import type { Workspace } from '../workspace/workspace.ts'

const lists = [
  '',
  'is:open',
  'is:closed',
  'label:bug',
  'label:docs',
  'project:Website',
  'assignee:none',
  'priority:>=high',
  'due:<2027-01-01',
]
const sorts = ['updated', 'created', 'priority', 'due', 'title', 'number', 'comments']
const words = ['hello', 'crash', 'needle', 'cra', 'window title', 'zebra']

/** What a workspace answers to a fixed set of questions, as text: lists, counts, feeds, issues, search, labels, people, strips, digest. @throws where one can't be answered. */
export function answersOf(workspace: Workspace, now: number): string {
  const queries = issueQueries(workspace)
  const never = () => false
  const { keyPrefix, name } = workspace.name()
  const must = <T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T => {
    if (!result.ok) throw new Error(result.error.message)
    return result.value
  }
  const rows = must(queries.list({ query: '', limit: 500 })).rows
  const feeds = [
    { kind: 'workspace' } as const,
    ...rows.map(({ id }) => ({ kind: 'issue', issueId: id }) as const),
    ...workspace.entities.rows('member').map(({ id }) => ({ kind: 'actor', memberId: id }) as const),
  ]
  return JSON.stringify([
    name,
    keyPrefix,
    [...lists, ...sorts.flatMap((sort) => [`sort:${sort}-asc`, `sort:${sort}-desc`])].map((query) => [
      must(queries.list({ query, limit: 500 })),
      must(queries.count(query)),
    ]),
    rows.map(({ key }) => must(issueDetail(workspace, key))),
    rows.map(({ key, createdAt }) => issueDetail(workspace, key, createdAt)),
    feeds.map((scope) =>
      workspace.feed
        .page(scope, { limit: 500 })
        .map((entry) => feedItem(entry, keyPrefix, now, workspace.textNames)),
    ),
    feeds.map((scope) => workspace.strip.ofScope(scope)),
    words.map((text) => queries.search(text, 50)),
    workspace.entities.counted('label', never),
    workspace.entities.counted('member', never),
    workspace.entities.counted('project', never),
    stateDigests(workspace.database).now(),
  ])
}
