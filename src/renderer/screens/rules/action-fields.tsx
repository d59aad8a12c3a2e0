import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Priority, priorities } from '#core/issue/fields/priority-order.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/labelled.tsx'
import { type PickItem, PickList } from '../../ui/controls/pick-list.tsx'
import { Dot } from '../../ui/label-dot.tsx'
import { PriorityBars, priorityName } from '../../ui/priority-bars.tsx'
import styles from './action-fields.module.css'
import type { ActionDraft } from './rule-draft.ts'
import type { Endpoint } from './use-endpoints.ts'

type Props = {
  readonly action: ActionDraft
  readonly onChange: (action: ActionDraft) => void
  readonly endpoints: readonly Endpoint[]
}

/** What an action needs beside its type. */
export function ActionFields({ action, onChange, endpoints }: Props) {
  const { labels, labelById, workflow } = useWorkspace()
  switch (action.type) {
    case 'label':
    case 'unlabel': {
      const label = labelById.get(action.labelId)
      return (
        <Pick
          label="Label"
          items={labels.map(({ id, name, colour }) => ({
            id,
            label: name,
            icon: <Dot colour={colour} />,
            chosen: id === action.labelId,
          }))}
          onPick={(labelId) => onChange({ ...action, labelId })}
          empty="There are no labels yet."
        >
          {label ? (
            <>
              <Dot colour={label.colour} /> {label.name}
            </>
          ) : (
            'Choose a label'
          )}
        </Pick>
      )
    }
    case 'assign':
    case 'unassign':
      return <Person memberId={action.memberId} onPick={(memberId) => onChange({ ...action, memberId })} />
    case 'transition': {
      const names = new Map(workflow.transitions.map(({ name, label }) => [name, label]))
      return (
        <>
          <Select
            aria-label="Transition"
            value={action.transition}
            options={[...names].map(([value, label]) => ({ value, label }))}
            onChange={(transition) => onChange({ ...action, transition })}
          />
          <Words
            label="Reason"
            placeholder="Reason (optional)"
            value={action.reason ?? ''}
            onChange={(reason) => {
              const { reason: _, ...bare } = action
              onChange(reason === '' ? bare : { ...bare, reason })
            }}
          />
        </>
      )
    }
    case 'priority':
      return (
        <Pick
          label="Priority"
          items={[...priorities].reverse().map((each) => ({
            id: each,
            label: priorityName[each],
            icon: <PriorityBars priority={each} />,
            chosen: each === action.priority,
          }))}
          onPick={(priority) => onChange({ ...action, priority: priority as Priority })}
        >
          <PriorityBars priority={action.priority} /> {priorityName[action.priority]}
        </Pick>
      )
    case 'comment':
      return (
        <Words label="Comment" many value={action.body} onChange={(body) => onChange({ ...action, body })} />
      )
    case 'notify':
      return <Notify action={action} onChange={onChange} />
    case 'webhook':
      return endpoints.length === 0 && action.endpoint === '' ? (
        <p className={styles.none}>No endpoint is set up yet; that is done in the settings of webhooks.</p>
      ) : (
        <Select
          aria-label="Endpoint"
          value={action.endpoint}
          options={endpoints.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(endpoint) => onChange({ ...action, endpoint })}
        />
      )
  }
}

/** The members to pick from. @param chosen ids of those that are picked */
function usePeople(chosen: readonly string[]): readonly PickItem[] {
  const { members } = useWorkspace()
  return members.map(({ id, name, handle }) => ({
    id,
    label: name,
    hint: `@${handle}`,
    icon: <Avatar memberId={id} size={16} />,
    chosen: chosen.includes(id),
  }))
}

function Person({
  memberId,
  onPick,
}: {
  readonly memberId: string
  readonly onPick: (memberId: string) => void
}) {
  const { memberById } = useWorkspace()
  return (
    <Pick label="Person" items={usePeople([memberId])} onPick={onPick}>
      <Avatar memberId={memberId} size={16} />
      {memberById.get(memberId)?.name ?? 'Somebody who is gone'}
    </Pick>
  )
}

function Notify({
  action,
  onChange,
}: {
  readonly action: Extract<ActionDraft, { type: 'notify' }>
  readonly onChange: (action: ActionDraft) => void
}) {
  const { me, memberById } = useWorkspace()
  const { to } = action
  const chosen = typeof to === 'string' ? [] : to
  const people = usePeople(chosen)
  return (
    <>
      <div className={styles.to}>
        <Select
          aria-label="Whom"
          value={typeof to === 'string' ? to : 'people'}
          options={[
            { value: 'assignees', label: 'The assignees' },
            { value: 'subscribers', label: 'The subscribers' },
            { value: 'people', label: 'Certain people' },
          ]}
          onChange={(next) =>
            onChange({
              ...action,
              to: next === 'assignees' || next === 'subscribers' ? next : [me.id],
            })
          }
        />
        {typeof to !== 'string' && (
          <Pick
            label="People"
            many
            items={people}
            onPick={(id) =>
              onChange({ ...action, to: to.includes(id) ? to.filter((each) => each !== id) : [...to, id] })
            }
          >
            {to.length === 0
              ? 'Choose people'
              : to.map((id) => memberById.get(id)?.name ?? 'Somebody who is gone').join(', ')}
          </Pick>
        )}
      </div>
      <Words
        label="Text"
        placeholder="What to tell them"
        value={action.text}
        onChange={(text) => onChange({ ...action, text })}
      />
    </>
  )
}

function Pick({
  label,
  items,
  onPick,
  many = false,
  empty,
  children,
}: {
  readonly label: string
  readonly items: readonly PickItem[]
  readonly onPick: (id: string) => void
  readonly many?: boolean
  readonly empty?: string
  readonly children: ReactNode
}) {
  return (
    <PickList
      label={label}
      items={items}
      many={many}
      onPick={({ id }) => onPick(id)}
      {...(empty ? { empty } : {})}
      trigger={
        <Button className={styles.pick}>
          <span className="visually-hidden">{label}: </span>
          <span className={styles.picked}>{children}</span>
          <ChevronDown size={14} strokeWidth={1.5} className={styles.chevron} aria-hidden />
        </Button>
      }
    />
  )
}

function Words({
  label,
  value,
  many = false,
  placeholder,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly many?: boolean
  readonly placeholder?: string
  readonly onChange: (text: string) => void
}) {
  const given = {
    'aria-label': label,
    className: styles.words,
    dir: 'auto',
    placeholder: placeholder ?? label,
    value,
  }
  return many ? (
    <textarea {...given} rows={2} onChange={(event) => onChange(event.target.value)} />
  ) : (
    <input {...given} type="text" autoComplete="off" onChange={(event) => onChange(event.target.value)} />
  )
}
