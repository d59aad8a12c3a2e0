import type { IssueState } from '#core/issue/issue-state.ts'
import { ada, testStart } from './made-events.ts'

const heard = { on: true, said: false, muted: false }

/** An open issue of Ada's that some members are subscribed to. */
export const heardIssue = (id: string, number: number, title: string, subscribers: readonly string[]) =>
  ({
    id,
    exists: true,
    number,
    title,
    status: 'open',
    authorId: ada,
    createdAt: testStart,
    updatedAt: testStart,
    assignees: [],
    subscribers: Object.fromEntries(subscribers.map((member) => [member, { ...heard }])),
  }) satisfies Partial<IssueState>
