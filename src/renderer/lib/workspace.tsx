import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { AppInfo, EntityView, EntityViews, MemberView } from '#contract/answers/answers.ts'
import { type ListedType, listedEntities } from '#core/entities/kinds/entities.ts'
import { colourFor } from '#core/entities/kinds/label-colours.ts'
import type { Workflow, WorkflowState } from '#core/workflow/workflow.ts'

type Named = { readonly id: string; readonly name: string; readonly open: number }

/** What every view may lean on: who is here, which labels and projects there are, how issues move. */
export type ShownWorkspace = Omit<EntityViews, 'members'> & {
  readonly info: AppInfo
  readonly me: MemberView
  readonly workflow: Workflow
  readonly members: readonly MemberView[]
  /** By id. A member that the window has not heard of yet is `undefined`. */
  readonly memberById: ReadonlyMap<string, MemberView>
  readonly labelById: ReadonlyMap<string, EntityView<'label'>>
  /** Each kind's by id. */
  readonly byId: ReadonlyMap<ListedType, ReadonlyMap<string, Named>>
  readonly stateById: ReadonlyMap<string, WorkflowState>
}

const WorkspaceContext = createContext<ShownWorkspace | null>(null)

type Props = {
  readonly info: AppInfo
  readonly entities: EntityViews
  readonly children: ReactNode
}

export function WorkspaceProvider({ info, entities, children }: Props) {
  const value = useMemo<ShownWorkspace>(() => {
    const members = entities.members.map(({ open, ...member }) => ({
      ...member,
      colour: colourFor(member.id),
      assignedOpen: open,
    }))
    return {
      ...entities,
      info,
      me: info.me,
      workflow: info.workflow,
      members,
      memberById: new Map(members.map((member) => [member.id, member])),
      labelById: new Map(entities.labels.map((label) => [label.id, label])),
      byId: new Map(
        listedEntities.map(({ type, plural }) => [
          type,
          new Map(entities[plural].map((each) => [each.id, each])),
        ]),
      ),
      stateById: new Map(info.workflow.states.map((state) => [state.id, state])),
    }
  }, [info, entities])
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>
}

/** The open workspace. Everything below the frame may use it. */
export function useWorkspace(): ShownWorkspace {
  const workspace = useContext(WorkspaceContext)
  if (!workspace) throw new Error('useWorkspace is used outside of WorkspaceProvider')
  return workspace
}
