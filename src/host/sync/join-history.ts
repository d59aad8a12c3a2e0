import type { Workspace } from '../workspace.ts'

export type JoinedHistory = {
  /** The stream of the workspace's own events. */
  readonly historyId: string
  readonly memberId: string
  readonly memberName: string
  readonly role?: string
}

/** Makes an open workspace part of a shared history: whose workspace events count, and who sits here. What is here stays. */
export function joinHistory(
  workspace: Workspace,
  { historyId, memberId, memberName, role = 'member' }: JoinedHistory,
): void {
  workspace.become({ workspaceId: historyId, memberId, memberName, role })
  workspace.log.followHistory(historyId)
}
