import { sql } from 'drizzle-orm'
import { entityNames } from '#core/entities/kinds/entities.ts'
import { namedFieldValues } from '#core/issue/fields/fields.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { issues } from '#db/schema.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { ExportedComment, ExportedIssue } from './exported-issue.ts'

const relations = {
  out: { blocks: 'blocks', relates_to: 'relates to', duplicates: 'duplicates', parent: 'child of' },
  in: { blocks: 'blocked by', relates_to: 'relates to', duplicates: 'duplicated by', parent: 'parent of' },
} as const

/** Every issue by number, as people read it: names for ids, comments with their words of now. One at a time, whatever their number. */
export function* exportedIssues(workspace: Workspace): Generator<ExportedIssue> {
  const { log, database } = workspace
  const { keyPrefix } = workspace.name()
  const names = entityNames(workspace.entities.all())
  const states = new Map(log.workflow().states.map((state) => [state.id, state.name]))
  const person = (id: string | null): string => (id && names('member', id)) || 'Someone'
  const ids = database.orm
    .select({ id: issues.id })
    .from(issues)
    .orderBy(sql`${issues.number} IS NULL`, issues.number)
    .all()

  function comments(state: IssueState): ExportedComment[] {
    const bodies = new Map(
      log
        .readStream({ type: 'issue', id: state.id })
        .map((event) => [event.id as string, (event.data as { body?: string }).body ?? '']),
    )
    return Object.values(state.comments)
      .filter((comment) => !comment.deleted)
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map(({ authorId, createdAt, editedAt, bodyEventId }) => ({
        author: person(authorId),
        createdAt,
        editedAt,
        body: bodies.get(bodyEventId) ?? '',
      }))
  }

  for (const { id } of ids) {
    const state = log.issue(log.streamIds.stream(id).uuid)
    yield {
      id: state.id,
      key: issueKey(keyPrefix, state),
      externalKey: state.externalKey,
      ...namedFieldValues(state, (to, id) => (to === 'member' ? person(id) : (names(to, id) ?? null))),
      description: state.description,
      status: states.get(state.status) ?? state.status,
      author: state.authorId && person(state.authorId),
      assignees: state.assignees.map(person),
      labels: state.labels.flatMap((label) => names('label', label) ?? []),
      links: workspace.links(state.id).map((link) => ({
        relation: relations[link.direction][link.kind as keyof (typeof relations)['out']],
        key: issueKey(keyPrefix, link),
        title: link.title,
      })),
      createdAt: state.createdAt,
      updatedAt: state.updatedAt,
      archived: state.archived,
      comments: comments(state),
    }
  }
}
