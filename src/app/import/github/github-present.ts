import type { Millis } from '#core/values/ids.ts'
import type { Present } from '../history/source-present.ts'
import { parseInstant } from '../records/instant.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { originalHash } from '../records/said-text.ts'
import { jsonFieldsIn, listOf, nameAt, objectsIn, shortText } from '../records/source-text.ts'
import { githubPerson } from './github-person.ts'

/** Pull requests stand in the lists of issues. */
export const isPullRequest = (issue: JsonFields): boolean =>
  isFields(issue.pull_request) || typeof issue.merged_at === 'string' || isFields(issue.head)

/** Why it was closed, in words. */
export function closingReason(issue: JsonFields): string {
  const merged = shortText(issue.merged_at) || shortText(jsonFieldsIn(issue.pull_request).merged_at)
  return merged ? 'merged' : shortText(issue.state_reason).replaceAll('_', ' ')
}

/** What kind of issue it is, as a label says it; empty where GitHub does not. */
export const typeOf = (issue: JsonFields): string =>
  isPullRequest(issue) ? 'pull request' : nameAt(issue, 'type', 'name').toLowerCase()

/** What a record says of its issue as it is now. */
export function githubPresent(issue: JsonFields, updatedAt: Millis | null, externalKey: string): Present {
  const labels = listOf(issue.labels).map((label) =>
    typeof label === 'string'
      ? { name: shortText(label) }
      : { name: nameAt(jsonFieldsIn(label), 'name'), colour: nameAt(jsonFieldsIn(label), 'color') },
  )
  const type = typeOf(issue)
  const assignees = issue.assignees ?? (issue.assignee ? [issue.assignee] : issue.assignee)
  const state = shortText(issue.state)
  return {
    updatedAt,
    externalKey,
    title: issue.title,
    description: issue.body === undefined ? undefined : { text: issue.body, hash: originalHash(issue.body) },
    status:
      state === 'open' || state === 'closed'
        ? {
            to: state,
            ...(state === 'closed'
              ? {
                  by: githubPerson(issue.closed_by),
                  at: parseInstant(issue.closed_at),
                  reason: closingReason(issue),
                }
              : {}),
          }
        : undefined,
    labels: Array.isArray(issue.labels)
      ? [...labels.filter(({ name }) => name !== ''), ...(type ? [{ name: type, of: 'type' }] : [])]
      : undefined,
    labelsUnsaid: issue.type === undefined ? ['type'] : [],
    assignees: assignees === undefined ? undefined : objectsIn(assignees ?? []).map(githubPerson),
    comments: presentComments(issue),
    beside: {
      now: { milestone: nameAt(issue, 'milestone', 'title') || undefined },
      says: (field) => field === 'milestone' && issue.milestone !== undefined,
      words: (value) => value,
    },
  }
}

/** The comments that are there now; complete where none is cut off. */
function presentComments(issue: JsonFields): Present['comments'] {
  const listed = issue.comments_data ?? issue.comments
  const count = typeof issue.comments === 'number' ? issue.comments : undefined
  const inTimeline = objectsIn(issue.timeline).filter((entry) => entry.event === 'commented')
  if (!Array.isArray(listed) && count === undefined && inTimeline.length === 0) return undefined
  const list = (Array.isArray(listed) ? objectsIn(listed) : inTimeline).flatMap((comment) => {
    const [id, at] = [shortText(comment.id), parseInstant(comment.created_at)]
    const by = githubPerson(comment.user ?? comment.actor ?? null)
    const text = { text: comment.body, hash: originalHash(comment.body) }
    return id && at !== null ? [{ id, at, by, ...text, edited: parseInstant(comment.updated_at) }] : []
  })
  const complete = count === undefined ? Array.isArray(listed) : count <= list.length
  return { complete, list }
}
