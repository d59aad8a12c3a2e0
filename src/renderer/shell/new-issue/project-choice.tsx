import { CircleSlash, Folder } from 'lucide-react'
import { v7 as newId } from 'uuid'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { PickList } from '../../ui/controls/pick-list.tsx'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const
/** Stands for being in no project. */
const none = ''

type Props = {
  /** The project's id. */
  readonly value: string | null
  readonly onChange: (projectId: string | null) => void
}

/** The project of an issue that does not exist yet. */
export function ProjectChoice({ value, onChange }: Props) {
  const { projects, projectById } = useWorkspace()
  const run = useCommands()
  const name = value === null ? undefined : projectById.get(value)?.name
  return (
    <PickList
      label="Project"
      items={[
        { id: none, label: 'No project', icon: <CircleSlash {...icon} />, chosen: value === null },
        ...projects.map((project) => ({
          id: project.id,
          label: project.name,
          icon: <Folder {...icon} />,
          chosen: project.id === value,
        })),
      ]}
      onPick={({ id }) => onChange(id === none ? null : id)}
      createLabel="Create project"
      onCreate={async (wanted) => {
        const projectId = newId()
        if ((await run({ type: 'create_project', projectId, name: wanted })).ok) onChange(projectId)
      }}
      trigger={
        <Button icon={<Folder {...icon} />} aria-label={`Project: ${name ?? 'none'}`}>
          {name ?? 'Project'}
        </Button>
      }
    />
  )
}
