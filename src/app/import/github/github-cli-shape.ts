import { isFields, type JsonFields } from '../records/json-records.ts'
import { objectsIn, shortText } from '../records/source-text.ts'

/** The fields of `gh issue list --json` and `gh pr list --json` under the names of the REST API. */
const restNames: Readonly<Record<string, string>> = {
  author: 'user',
  closedAt: 'closed_at',
  createdAt: 'created_at',
  id: 'node_id',
  isPinned: 'pinned',
  mergedAt: 'merged_at',
  stateReason: 'state_reason',
  updatedAt: 'updated_at',
  url: 'html_url',
}

const renamed = (record: JsonFields): JsonFields =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [restNames[name] ?? name, value]))

/** A record of the `gh` command (camel case, states in capitals) in the REST API's shape; any other comes back as it is. */
export function restShape(record: JsonFields): JsonFields {
  if (record.createdAt === undefined && record.updatedAt === undefined) return record
  const { state, state_reason, comments, ...rest } = renamed(record)
  return {
    ...rest,
    ...(state === undefined ? {} : { state: shortText(state).toLowerCase().replace('merged', 'closed') }),
    ...(state_reason === undefined ? {} : { state_reason: shortText(state_reason).toLowerCase() || null }),
    ...(Array.isArray(comments) ? { comments: objectsIn(comments).map(restComment) } : {}),
    // Only pull requests can be merged, so the field alone tells one.
    ...(shortText(record.state) === 'MERGED' || isFields(record.headRepository) ? { pull_request: {} } : {}),
  }
}

/** A comment's number stands at the end of its address: what the REST API calls its id. */
function restComment(comment: JsonFields): JsonFields {
  const number = /#issuecomment-(\d+)$/.exec(shortText(comment.url))?.[1]
  return { ...renamed(comment), ...(number ? { id: number } : {}) }
}
