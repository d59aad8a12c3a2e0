import { followFolder } from '#inboxes/own/sends-from-here.ts'
import { inboxDatabaseFile } from '#inboxes/store/open-store.ts'
import type { Workspace } from '../workspace/workspace.ts'

export type JoinHistory = {
  /** The stream of the workspace's own events. */
  readonly historyId: string
  readonly memberId: string
  readonly memberName: string
  readonly role?: string
}

/** Makes an open workspace part of a shared history: whose workspace events count, and who sits here. What is here stays. */
export function joinHistory(
  workspace: Workspace,
  { historyId, memberId, memberName, role = 'member' }: JoinHistory,
): void {
  const before = workspace.me.workspaceId
  workspace.become({ workspaceId: historyId, memberId, memberName, role })
  workspace.log.followHistory(historyId)
  try {
    followFolder(
      { inboxDatabase: { file: inboxDatabaseFile(workspace.folder) }, workspaceId: historyId },
      before,
    )
  } catch {
    // What sends from the folder asks once more.
  }
}
