import type { IssueDetail } from '#contract/answers/answers.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'

export type IssueSubscription = {
  readonly isSubscribed: boolean
  /** Subscribes, or ends that. */
  readonly subscribe: () => void
  /** Mutes, or ends that. */
  readonly mute: () => void
}

/** Whether the person hears of an issue, and what changes that. */
export function useIssueSubscription(issue: IssueDetail): IssueSubscription {
  const { me } = useWorkspace()
  const run = useCommands()
  const isSubscribed = issue.subscribers.includes(me.id)
  const subscribe = () => {
    const on = isSubscribed
    void run(
      { type: on ? 'unsubscribe' : 'subscribe', issueId: issue.id },
      {
        done: on ? 'You no longer hear of this issue' : 'You will hear of this issue',
        undo: () => [{ type: on ? 'subscribe' : 'unsubscribe', issueId: issue.id }],
      },
    )
  }
  const mute = () => {
    const on = !issue.muted
    void run(
      { type: on ? 'mute' : 'unmute', issueId: issue.id },
      {
        done: on ? 'You hear nothing more of this issue, mentions included' : 'You hear of this issue again',
        undo: () => [{ type: on ? 'unmute' : 'mute', issueId: issue.id }],
      },
    )
  }
  return { isSubscribed, subscribe, mute }
}
