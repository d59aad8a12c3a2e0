import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { AppInfo, LabelView, MemberView, ProjectView } from '#contract/answers/answers.ts'
import type { Workflow, WorkflowState } from '#core/workflow/workflow.ts'

/** What every view may lean on: who is here, which labels and projects there are, how issues move. */
export type ShownWorkspace = {
  readonly info: AppInfo
  readonly me: MemberView
  readonly workflow: Workflow
  readonly members: readonly MemberView[]
  readonly labels: readonly LabelView[]
  readonly projects: readonly ProjectView[]
  /** By id. A member that the window has not heard of yet is `undefined`. */
  readonly memberById: ReadonlyMap<string, MemberView>
  readonly labelById: ReadonlyMap<string, LabelView>
  readonly projectById: ReadonlyMap<string, ProjectView>
  readonly stateById: ReadonlyMap<string, WorkflowState>
}

const WorkspaceContext = createContext<ShownWorkspace | null>(null)

type Props = {
  readonly info: AppInfo
  readonly members: readonly MemberView[]
  readonly labels: readonly LabelView[]
  readonly projects: readonly ProjectView[]
  readonly children: ReactNode
}

export function WorkspaceProvider({ info, members, labels, projects, children }: Props) {
  const value = useMemo<ShownWorkspace>(
    () => ({
      info,
      me: info.me,
      workflow: info.workflow,
      members,
      labels,
      projects,
      memberById: new Map(members.map((member) => [member.id, member])),
      labelById: new Map(labels.map((label) => [label.id, label])),
      projectById: new Map(projects.map((project) => [project.id, project])),
      stateById: new Map(info.workflow.states.map((state) => [state.id, state])),
    }),
    [info, members, labels, projects],
  )
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>
}

/** The open workspace. Everything below the frame may use it. */
export function useWorkspace(): ShownWorkspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace is used outside of WorkspaceProvider')
  return workspace
}
