import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { AppInfo, LabelView, MemberView } from '#contract/views.ts'
import type { Workflow, WorkflowState } from '#core/workflow.ts'

/** What every view may lean on: who is here, which labels there are, how issues move. */
export type Workspace = {
  readonly info: AppInfo
  readonly me: MemberView
  readonly workflow: Workflow
  readonly members: readonly MemberView[]
  readonly labels: readonly LabelView[]
  /** By id. A member that the window has not heard of yet is `undefined`. */
  readonly memberById: ReadonlyMap<string, MemberView>
  readonly labelById: ReadonlyMap<string, LabelView>
  readonly stateById: ReadonlyMap<string, WorkflowState>
}

const WorkspaceContext = createContext<Workspace | null>(null)

type Props = {
  readonly info: AppInfo
  readonly members: readonly MemberView[]
  readonly labels: readonly LabelView[]
  readonly children: ReactNode
}

export function WorkspaceProvider({ info, members, labels, children }: Props) {
  const value = useMemo<Workspace>(
    () => ({
      info,
      me: info.me,
      workflow: info.workflow,
      members,
      labels,
      memberById: new Map(members.map((member) => [member.id, member])),
      labelById: new Map(labels.map((label) => [label.id, label])),
      stateById: new Map(info.workflow.states.map((state) => [state.id, state])),
    }),
    [info, members, labels],
  )
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>
}

/** The open workspace. Everything below the frame may use it. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace is used outside of WorkspaceProvider')
  return workspace
}
