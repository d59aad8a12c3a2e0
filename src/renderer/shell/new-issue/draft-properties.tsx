import { Flag, Tag, User } from 'lucide-react'
import { v7 as newId } from 'uuid'
import { type Priority, priorities } from '#core/issue/fields/priority-order.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar, AvatarStack } from '../../ui/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { PickList } from '../../ui/controls/pick-list.tsx'
import { Dot, LabelDot } from '../../ui/label-dot.tsx'
import { PriorityBars, priorityName } from '../../ui/priority-bars.tsx'
import type { Draft } from './draft.ts'
import styles from './new-issue-dialog.module.css'
import { ReferenceChoice } from './reference-choice.tsx'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const
const switched = (list: readonly string[], id: string): readonly string[] =>
  list.includes(id) ? list.filter((each) => each !== id) : [...list, id]

type Props = { readonly draft: Draft; readonly onChange: (part: Partial<Draft>) => void }

/** Priority, people, labels and project of an issue that does not exist yet, each as a button with its choices. */
export function DraftProperties({ draft, onChange: change }: Props) {
  return (
    <div className={styles.properties}>
      <PriorityChoice draft={draft} onChange={change} />
      <AssigneesChoice draft={draft} onChange={change} />
      <LabelsChoice draft={draft} onChange={change} />
      {referring.map((of) => (
        <ReferenceChoice
          key={of.field.key}
          of={of}
          value={draft[of.field.key]}
          onChange={(id) => change({ [of.field.key]: id })}
        />
      ))}
    </div>
  )
}

function PriorityChoice({ draft, onChange: change }: Props) {
  return (
    <PickList
      label="Priority"
      items={[...priorities].reverse().map((priority) => ({
        id: priority,
        label: priorityName[priority],
        icon: <PriorityBars priority={priority} />,
        chosen: draft.priority === priority,
      }))}
      onPick={({ id }) => change({ priority: id as Priority })}
      trigger={
        <Button
          icon={draft.priority === 'none' ? <Flag {...icon} /> : <PriorityBars priority={draft.priority} />}
          aria-label={`Priority: ${priorityName[draft.priority]}`}
        >
          {draft.priority === 'none' ? 'Priority' : priorityName[draft.priority]}
        </Button>
      }
    />
  )
}

function AssigneesChoice({ draft, onChange: change }: Props) {
  const { me, members, memberById } = useWorkspace()
  return (
    <PickList
      label="Assignees"
      many
      items={members.map((member) => ({
        id: member.id,
        label: member.name,
        hint: member.id === me.id ? 'you' : `@${member.handle}`,
        icon: <Avatar memberId={member.id} size={16} />,
        chosen: draft.assignees.includes(member.id),
      }))}
      onPick={({ id }) => change({ assignees: switched(draft.assignees, id) })}
      trigger={
        <Button
          aria-label={`Assignees: ${draft.assignees.map((id) => memberById.get(id)?.name).join(', ') || 'nobody'}`}
          icon={
            draft.assignees.length === 0 ? (
              <User {...icon} />
            ) : (
              <AvatarStack memberIds={draft.assignees} size={16} />
            )
          }
        >
          {draft.assignees.length === 1
            ? memberById.get(draft.assignees[0] ?? '')?.name
            : draft.assignees.length > 1
              ? `${draft.assignees.length} people`
              : 'Assignee'}
        </Button>
      }
    />
  )
}

function LabelsChoice({ draft, onChange: change }: Props) {
  const { labels, labelById } = useWorkspace()
  const run = useCommands()
  return (
    <PickList
      label="Labels"
      many
      items={labels.map((label) => ({
        id: label.id,
        label: label.name,
        icon: <Dot colour={label.colour} />,
        chosen: draft.labels.includes(label.id),
      }))}
      onPick={({ id }) => change({ labels: switched(draft.labels, id) })}
      createLabel="Create label"
      onCreate={async (name) => {
        const labelId = newId()
        if ((await run({ type: 'create_label', labelId, name })).ok)
          change({ labels: [...draft.labels, labelId] })
      }}
      trigger={
        <Button
          aria-label={`Labels: ${draft.labels.map((id) => labelById.get(id)?.name).join(', ') || 'none'}`}
          icon={<Tag {...icon} />}
          className={styles.labels}
        >
          {draft.labels.length === 0
            ? 'Labels'
            : draft.labels.slice(0, 3).map((id) => <LabelDot key={id} labelId={id} />)}
          {draft.labels.length > 3 && `+${draft.labels.length - 3}`}
        </Button>
      }
    />
  )
}
