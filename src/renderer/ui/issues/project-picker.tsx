import { CircleSlash, Folder } from 'lucide-react'
import { v7 as newId } from 'uuid'
import type { WindowCommand } from '../../lib/queries/optimistic.ts'
import { type Step, useRunMany } from '../../lib/queries/run-many.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { type PickItem, PickList } from '../controls/pick-list.tsx'
import { nameOf } from './name-of.ts'
import type { PickerProps } from './picker-props.ts'
import { shareOf } from './share-of.ts'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const
/** Stands for being in no project. */
const none = ''

const moving = (issueId: string, projectId: string | null): WindowCommand => ({
  type: 'change_project',
  issueId,
  projectId,
})

/** Picks the project of one or more issues; one that is not there yet can be made. */
export function ProjectPicker({ issues, anchor, onClose }: PickerProps) {
  const { projects } = useWorkspace()
  const run = useCommands()
  const runMany = useRunMany()
  const items: readonly PickItem[] = [
    {
      id: none,
      label: 'No project',
      icon: <CircleSlash {...icon} />,
      chosen: shareOf(issues, (issue) => issue.project === null),
    },
    ...projects.map(({ id, name }) => ({
      id,
      label: name,
      icon: <Folder {...icon} />,
      chosen: shareOf(issues, (issue) => issue.project === id),
    })),
  ]
  const move = (projectId: string | null, name: string) => {
    const steps = issues
      .filter((issue) => issue.project !== projectId)
      .map(
        (issue): Step => ({
          command: moving(issue.id, projectId),
          inverse: () => moving(issue.id, issue.project),
        }),
      )
    const done = projectId === null ? 'taken out of the project' : `moved to ${name}`
    void runMany(steps, (count) => `${nameOf(issues, count)} ${done}`, { quiet: issues.length === 1 })
  }
  const create = async (name: string) => {
    const projectId = newId()
    if ((await run({ type: 'create_project', projectId, name })).ok) move(projectId, name)
  }
  return (
    <PickList
      open
      label="Move to project"
      items={items}
      anchor={anchor}
      onClose={onClose}
      createLabel="Create project"
      onCreate={(name) => void create(name)}
      onPick={({ id, label }) => move(id === none ? null : id, label)}
    />
  )
}
