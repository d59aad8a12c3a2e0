import type { z } from 'zod'
import type { AttachmentView, IssueDetail, LinkedIssue, TextNames } from '#contract/answers/answers.ts'
import { allFieldValues } from '#core/issue/fields/fields.ts'
import type { attached, LinkKind } from '#core/issue/issue-events.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { categoryOf } from '#core/workflow/workflow.ts'
import type { Workspace } from '../workspace/workspace.ts'

/**
 * One issue, whole. @param key what a person calls it. @param at milliseconds: as it was then, its links as they are now left out.
 * Refuses with `unknown_issue`, also where it did not exist yet at `at`.
 */
export function issueDetail(workspace: Workspace, key: string, at?: number): Result<IssueDetail> {
  const id = workspace.findIssue(key)
  if (!id) return refuse('unknown_issue', `There is no issue ${key} in this workspace.`, { key })
  const state = at === undefined ? workspace.log.issue(id) : workspace.log.issueAsOf(id, at)
  if (!state.exists)
    return refuse('unknown_issue', `The issue ${key} did not exist at ${new Date(at ?? 0).toISOString()}.`, {
      key,
      at,
    })
  return done(detail(workspace, state, at))
}

function detail(workspace: Workspace, state: IssueState, at: number | undefined): IssueDetail {
  const { keyPrefix } = workspace.name()
  const workflow = workspace.log.workflow()
  const current = workspace.links(state.id)
  const links: LinkedIssue[] = (
    at === undefined ? current : current.filter((link) => isLinked(state, link))
  ).map((link) => ({
    kind: link.kind as LinkKind,
    direction: link.direction,
    issue: { id: link.id, key: issueKey(keyPrefix, link), title: link.title, status: link.status },
    withoutEffect: at === undefined ? withoutEffect(workspace, state.id, link) : null,
  }))
  return {
    id: state.id,
    key: issueKey(keyPrefix, state),
    ...allFieldValues(state),
    status: state.status,
    assignees: state.assignees,
    labels: state.labels,
    comments: state.liveComments,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    archived: state.archived,
    description: state.description,
    descriptionNames: descriptionNames(workspace, state),
    category: categoryOf(workflow, state.status),
    authorId: state.authorId,
    externalKey: state.externalKey,
    links,
    attachments: attachments(workspace, state.id, at),
    subscribers: Object.entries(state.subscribers).flatMap(([member, { on, muted }]) =>
      on && !muted ? [member] : [],
    ),
    muted: state.subscribers[workspace.me.memberId]?.muted ?? false,
    fields: state.fields,
    transitions: state.archived || at !== undefined ? [] : workspace.commands.machine().allowed(state.status),
    version: state.version,
    asOf: at ?? null,
  }
}

function descriptionNames(workspace: Workspace, state: IssueState): TextNames | null {
  const event = state.descriptionEventId === null ? undefined : workspace.log.event(state.descriptionEventId)
  if (event?.metadata.triggeredBy !== 'import') return null
  return workspace.textNames(state.id, state.description) ?? null
}

/** An issue's files, oldest first. */
function attachments(workspace: Workspace, id: string, at: number | undefined): readonly AttachmentView[] {
  return workspace
    .attachments(id)
    .filter(({ waiting, occurredAt }) => !waiting && (at === undefined || occurredAt <= at))
    .map(({ id: eventId, data }) => {
      const { name, url, size } = data as z.infer<typeof attached.schema>
      const web = url !== undefined && /^https?:\/\//i.test(url)
      return { id: eventId, name, url: web ? url : null, size: size ?? null }
    })
}

/** Why a link has no effect, as a sentence. */
function withoutEffect(
  workspace: Workspace,
  id: string,
  link: { kind: string; direction: string; id: string },
): string | null {
  const [source, target] = link.direction === 'out' ? [id, link.id] : [link.id, id]
  const mark = workspace
    .linkMarks()
    .find(({ link: each }) => each.source === source && each.kind === link.kind && each.target === target)
  if (!mark) return null
  const keyOf = (of: string) => issueKey(workspace.name().keyPrefix, workspace.log.issue(of))
  return mark.circle
    ? `Without effect: it closes the circle ${mark.circle.slice(0, 8).map(keyOf).join(' → ')}${mark.circle.length > 8 ? ' → …' : ''}.`
    : `Without effect: ${keyOf(mark.stands.target)} was made the parent before.`
}

/** Whether a link of today was there in that state; links towards it are another issue's history and are left out. */
function isLinked(state: IssueState, link: { kind: string; direction: string; id: string }): boolean {
  return (
    link.direction === 'out' && state.links.some((then) => then.kind === link.kind && then.target === link.id)
  )
}
