import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { v7 as newId } from 'uuid'
import type { IssueRow } from '#contract/answers/answers.ts'
import { fieldsOf, type IssueField } from '#core/issue/fields/fields.ts'
import type { Priority } from '#core/issue/fields/priority-order.ts'
import { byName } from '#core/text/by-name.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { type Step, useRunMany } from '../../lib/queries/run-many.ts'
import { callKey } from '../../lib/queries/use-call.ts'
import { useCommands } from '../../lib/queries/use-commands.ts'
import { referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { type PickItem, PickList } from '../controls/pick-list.tsx'
import { settingOf } from '../fields/field-command.ts'
import { rankText } from '../fields/field-words.ts'
import { Dot } from '../label-dot.tsx'
import { PriorityBars } from '../priority-bars.tsx'
import { StatusRing } from '../status-ring.tsx'
import { nameOf } from './name-of.ts'
import type { PickerProps } from './picker-props.ts'
import { ReferencePicker } from './reference-picker.tsx'
import { shareOf } from './share-of.ts'
import { transitionStep } from './transition-step.ts'

type Picked = Extract<IssueField, { readonly kind: { readonly operand: 'rank' | 'reference' } }>
export type PickerKind = 'status' | 'assign' | 'label' | Picked['key']

/** Picks what to change of one or more issues, and changes it. */
export function IssuePicker({ kind, ...props }: PickerProps & { readonly kind: PickerKind }) {
  switch (kind) {
    case 'status':
      return <StatusPicker {...props} />
    case 'assign':
      return <AssigneePicker {...props} />
    case 'label':
      return <LabelPicker {...props} />
    default:
      return <FieldPicker field={kind} {...props} />
  }
}

function FieldPicker({ field: key, ...props }: PickerProps & { readonly field: Picked['key'] }) {
  const reference = referring.find(({ field }) => field.key === key)
  if (reference) return <ReferencePicker of={reference} {...props} />
  const rank = fieldsOf('rank').find((candidate) => candidate.key === key)
  return rank ? <RankPicker field={rank} values={rank.kind.values} {...props} /> : null
}

type Allowed = { readonly item: PickItem; readonly to: string; readonly issues: IssueRow[] }

function StatusPicker({ issues, anchor, onClose }: PickerProps) {
  const { stateById } = useWorkspace()
  const runMany = useRunMany()
  const asked = useQueries({
    queries: issues.slice(0, 500).map(({ id }) => ({
      queryKey: callKey('issues.get', { key: id }),
      queryFn: () => callHost('issues.get', { key: id }),
    })),
  })
  const allowed = new Map<string, Allowed>()
  asked.forEach(({ data }, at) => {
    const issue = issues[at]
    for (const { name, label, to } of data?.transitions ?? []) {
      const entry: Allowed = allowed.get(name) ?? {
        item: { id: name, label, icon: <StatusRing status={to} />, hint: stateById.get(to)?.name ?? to },
        to,
        issues: [],
      }
      if (issue) entry.issues.push(issue)
      allowed.set(name, entry)
    }
  })
  const waiting = asked.some(({ isPending }) => isPending)
  const items = [...allowed.values()].map(({ item, issues: can }) =>
    can.length === issues.length
      ? item
      : { ...item, hint: `${item.hint}, ${can.length} of ${issues.length}` },
  )
  return (
    <PickList
      open
      label="Change status"
      items={items}
      anchor={anchor}
      onClose={onClose}
      empty={waiting ? 'Asking what is possible…' : 'No move is possible now.'}
      onPick={({ id }) => {
        const choice = allowed.get(id)
        if (!choice) return
        const state = stateById.get(choice.to)?.name ?? choice.to
        void runMany(
          choice.issues.map((issue) => transitionStep(issue, id)),
          (count) => `${nameOf(choice.issues, count)} moved to ${state}`,
        )
      }}
    />
  )
}

/** Has and has-not of one kind, switched per pick: for all, unless all have it. */
function useSwitch(
  issues: readonly IssueRow[],
  listOf: (issue: IssueRow) => readonly string[],
  add: (issueId: string, id: string) => Step['command'],
  remove: (issueId: string, id: string) => Step['command'],
) {
  const runMany = useRunMany()
  return (id: string, done: (taken: boolean, which: string) => string) => {
    const all = shareOf(issues, (issue) => listOf(issue).includes(id)) === true
    const steps = issues
      .filter((issue) => listOf(issue).includes(id) === all)
      .map((issue): Step => {
        const [there, back] = all ? [remove, add] : [add, remove]
        return { command: there(issue.id, id), inverse: () => back(issue.id, id) }
      })
    void runMany(steps, (count) => done(all, nameOf(issues, count)), { quiet: issues.length === 1 })
  }
}

function AssigneePicker({ issues, anchor, onClose }: PickerProps) {
  const { me, members } = useWorkspace()
  const toggle = useSwitch(
    issues,
    (issue) => issue.assignees,
    (issueId, memberId) => ({ type: 'assign', issueId, memberId }),
    (issueId, memberId) => ({ type: 'unassign', issueId, memberId }),
  )
  const items = useMemo(
    () =>
      [...members]
        .sort((a, b) => Number(b.id === me.id) - Number(a.id === me.id) || byName(a, b))
        .map(
          (member): PickItem => ({
            id: member.id,
            label: member.name,
            icon: <Avatar memberId={member.id} size={16} />,
            hint: member.id === me.id ? 'you' : `@${member.handle}`,
            chosen: shareOf(issues, (issue) => issue.assignees.includes(member.id)),
          }),
        ),
    [members, me, issues],
  )
  return (
    <PickList
      open
      many
      label="Assign to"
      items={items}
      anchor={anchor}
      onClose={onClose}
      empty="Nobody has that name."
      onPick={({ id, label }) =>
        toggle(id, (taken, which) => `${which} ${taken ? 'taken from' : 'assigned to'} ${label}`)
      }
    />
  )
}

function LabelPicker({ issues, anchor, onClose }: PickerProps) {
  const { labels } = useWorkspace()
  const run = useCommands()
  const toggle = useSwitch(
    issues,
    (issue) => issue.labels,
    (issueId, labelId) => ({ type: 'label', issueId, labelId }),
    (issueId, labelId) => ({ type: 'unlabel', issueId, labelId }),
  )
  const items = useMemo(
    () =>
      [...labels].sort(byName).map(
        (label): PickItem => ({
          id: label.id,
          label: label.name,
          icon: <Dot colour={label.colour} />,
          chosen: shareOf(issues, (issue) => issue.labels.includes(label.id)),
        }),
      ),
    [labels, issues],
  )
  const create = async (name: string) => {
    const labelId = newId()
    const created = await run({ type: 'create_label', labelId, name })
    if (created.ok) toggle(labelId, (_, which) => `Label ${name} added to ${which}`)
  }
  return (
    <PickList
      open
      many
      label="Labels"
      items={items}
      anchor={anchor}
      onClose={onClose}
      createLabel="Create label"
      onCreate={(name) => void create(name)}
      onPick={({ id, label }) =>
        toggle(id, (taken, which) => `Label ${label} ${taken ? 'removed from' : 'added to'} ${which}`)
      }
    />
  )
}

function RankPicker({
  field,
  values,
  issues,
  anchor,
  onClose,
}: PickerProps & { readonly field: IssueField; readonly values: readonly string[] }) {
  const runMany = useRunMany()
  const items = values.toReversed().map(
    (value): PickItem => ({
      id: value,
      label: rankText(field, value),
      icon: field.key === 'priority' ? <PriorityBars priority={value as Priority} /> : undefined,
      chosen: shareOf(issues, (issue) => issue[field.key] === value),
    }),
  )
  return (
    <PickList
      open
      label={`Set ${field.title.toLowerCase()}`}
      items={items}
      anchor={anchor}
      onClose={onClose}
      onPick={({ id, label }) => {
        const steps = issues
          .filter((issue) => issue[field.key] !== id)
          .map(
            (issue): Step => ({
              command: settingOf(field, issue.id, id),
              inverse: () => settingOf(field, issue.id, issue[field.key]),
            }),
          )
        void runMany(steps, (count) => `${field.title} of ${nameOf(issues, count)} set to ${label}`, {
          quiet: issues.length === 1,
        })
      }}
    />
  )
}
