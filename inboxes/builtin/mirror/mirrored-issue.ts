import type { FieldValues } from '#core/issue/fields/fields.ts'
import type { IssueState } from '#core/issue/issue-state.ts'
import { isoInstant } from '#core/time/instant.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { StateCategory } from '#core/workflow/workflow.ts'
import type { WorkspaceReader } from '../../contract/workspace-reader.ts'
import { type EventPerson, eventIssue } from '../../shared/cloud-event.ts'

/** An issue as it is mirrored to another tracker: names where Docket has ids, times as ISO 8601 in UTC. */
export type MirroredIssue = FieldValues & {
  readonly externalKey: string
  readonly id: string
  readonly key: string
  readonly url: string
  /** Markdown. */
  readonly description: string
  readonly status: string
  readonly statusName: string
  readonly statusCategory: StateCategory
  readonly author: EventPerson | null
  readonly assignees: readonly EventPerson[]
  readonly labels: readonly string[]
  readonly archived: boolean
  readonly createdAt: string
  readonly updatedAt: string
  /** Grows with every change: a lower one than the receiver holds is old. */
  readonly version: number
}

/** An issue for another tracker; `undefined` where it has no key there. Never holds an e-mail address. */
export function mirroredIssue(issue: IssueState, workspace: WorkspaceReader): MirroredIssue | undefined {
  const { externalKey } = issue
  if (!issue.exists || externalKey === null || externalKey === '') return undefined
  const { id, name, handle } =
    (issue.authorId === null ? undefined : workspace.entity('member', issue.authorId)) ?? {}
  return {
    ...eventIssue(issue, workspace),
    externalKey,
    description: issue.description,
    author: id === undefined || name === undefined || handle === undefined ? null : { id, name, handle },
    createdAt: isoInstant(issue.createdAt),
    updatedAt: isoInstant(issue.updatedAt),
    version: issue.version,
  }
}

/**
 * The address of an issue below a tracker's own.
 * @returns a refusal `invalid_input` for a key that would lead somewhere else (`..`).
 */
export function mirrorAddress(baseUrl: string, externalKey: string): Result<string> {
  if (/^\.{1,2}$/.test(externalKey))
    return refuse('invalid_input', `The external key "${externalKey}" can’t be part of an address.`)
  const url = new URL(baseUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/issues/${encodeURIComponent(externalKey)}`
  url.hash = ''
  return done(url.href)
}
