import { type ReactNode, useState } from 'react'
import { toast } from 'sonner'
import type { IssueRow } from '#contract/answers/answers.ts'
import { preloadable } from '../../lib/preloadable.tsx'
import { type Step, useRunMany } from '../../lib/queries/run-many.ts'
import { useHeldKeys } from '../../lib/shortcuts/action-handlers.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { AskMany, type ManyQuestion } from './ask-many.tsx'
import type { PickerKind } from './issue-picker.tsx'
import { nameOf } from './name-of.ts'

const IssuePicker = preloadable(async () => (await import('./issue-picker.tsx')).IssuePicker)
/** What opens a list of choices, to be fetched early. */
export const pickerCode = IssuePicker

type Targets = {
  /** The issues that a key is meant for: the selected ones, else the one under the cursor. */
  readonly targets: () => readonly IssueRow[]
  /** Where a list of choices hangs. */
  readonly anchor: () => Element | null
}

type Handled =
  | 'issue.status'
  | 'issue.assign'
  | 'issue.label'
  | 'issue.project'
  | 'issue.priority'
  | 'issue.assign-me'
  | 'issue.archive'
  | 'issue.copy-key'

/** The most issues that a bare letter changes without a question. */
const mostUnasked = 20

export type IssueActions = {
  readonly handlers: { readonly [Id in Handled]: () => void }
  readonly open: (kind: PickerKind, anchor?: Element | null) => void
  readonly archive: () => void
  /** Render it anywhere. */
  readonly picker: ReactNode
  /** The view is busy with a picker. */
  readonly picking: boolean
}

/** What can be done to issues from a list or a board. */
export function useIssueActions({ targets, anchor }: Targets): IssueActions {
  const { me, memberById } = useWorkspace()
  const runMany = useRunMany()
  const [picker, setPicker] = useState<{
    kind: PickerKind
    issues: readonly IssueRow[]
    anchor: Element | null
  } | null>(null)
  const [question, setQuestion] = useState<ManyQuestion | null>(null)
  useHeldKeys(picker !== null || question !== null)
  /** Does at once what changes few issues, and asks before what changes many. */
  const asked = (count: number, action: string, act: () => void) => {
    if (count <= mostUnasked) act()
    else setQuestion({ action: `${action} ${count.toLocaleString()} issues`, act })
  }
  const open = (kind: PickerKind, at: Element | null = anchor()) => {
    const issues = targets()
    if (issues.length > 0) setPicker({ kind, issues, anchor: at })
  }
  // A pick changes the rows that it was opened for: show their chosen values as they are now.
  const current = (opened: readonly IssueRow[]): readonly IssueRow[] => {
    const now = new Map(targets().map((issue) => [issue.id, issue]))
    return opened.map((issue) => now.get(issue.id) ?? issue)
  }
  const archive = (byKey = false) => {
    const issues = targets()
    // Where all are archived, the key takes them back.
    const restoring = issues.length > 0 && issues.every(({ archived }) => archived)
    const steps = issues
      .filter(({ archived }) => archived === restoring)
      .map(
        ({ id: issueId }): Step => ({
          command: { type: restoring ? 'restore' : 'archive', issueId },
          inverse: () => ({ type: restoring ? 'archive' : 'restore', issueId }),
        }),
      )
    const act = () =>
      void runMany(steps, (count) => `${nameOf(issues, count)} ${restoring ? 'restored' : 'archived'}`)
    if (steps.length > 0) asked(byKey ? steps.length : 0, restoring ? 'Restore' : 'Archive', act)
  }
  const assignMe = () => {
    const issues = targets()
    const all = issues.every(({ assignees }) => assignees.includes(me.id))
    const steps = issues
      .filter(({ assignees }) => assignees.includes(me.id) === all)
      .map(
        ({ id: issueId }): Step => ({
          command: { type: all ? 'unassign' : 'assign', issueId, memberId: me.id },
          inverse: () => ({ type: all ? 'assign' : 'unassign', issueId, memberId: me.id }),
        }),
      )
    const who = memberById.get(me.id)?.name ?? me.name
    asked(steps.length, all ? `Take from ${who}` : `Assign to ${who}`, () => {
      void runMany(steps, (count) => `${nameOf(issues, count)} ${all ? 'taken from' : 'assigned to'} ${who}`)
    })
  }
  const copyKeys = () => {
    const keys = targets().map(({ key }) => key)
    if (keys.length === 0) return
    navigator.clipboard.writeText(keys.join('\n')).then(
      () => toast(`Copied ${keys.length === 1 ? keys[0] : `${keys.length} keys`}`),
      () => toast.error('The clipboard is not available here.'),
    )
  }
  return {
    open,
    archive: () => archive(),
    picking: picker !== null,
    picker: picker ? (
      <IssuePicker
        kind={picker.kind}
        anchor={picker.anchor}
        issues={current(picker.issues)}
        onClose={() => setPicker(null)}
      />
    ) : (
      question && <AskMany question={question} onClose={() => setQuestion(null)} />
    ),
    handlers: {
      'issue.status': () => open('status'),
      'issue.assign': () => open('assign'),
      'issue.label': () => open('label'),
      'issue.project': () => open('project'),
      'issue.priority': () => open('priority'),
      'issue.assign-me': assignMe,
      'issue.archive': () => archive(true),
      'issue.copy-key': copyKeys,
    },
  }
}
