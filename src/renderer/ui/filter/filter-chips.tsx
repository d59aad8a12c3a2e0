import { ArrowDownWideNarrow, CircleDot, Flag, Tag, User } from 'lucide-react'
import { priorities } from '#core/issue/fields/priority-order.ts'
import { foldedName } from '#core/text/folded-name.ts'
import { referring } from '../../lib/reference-fields.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Avatar } from '../avatar.tsx'
import { Dot } from '../label-dot.tsx'
import { PriorityBars, priorityName } from '../priority-bars.tsx'
import { StatusRing } from '../status-ring.tsx'
import styles from './filter-bar.module.css'
import { FilterChip } from './filter-chip.tsx'
import { nameAsValue, toggled, valuesOf, withField } from './query-terms.ts'
import { ReferenceChip } from './reference-chip.tsx'

const icon = { size: 14, strokeWidth: 1.5, 'aria-hidden': true } as const

const sortNames: Readonly<Record<string, string>> = {
  'updated-desc': 'Latest change',
  'created-desc': 'Newest',
  'created-asc': 'Oldest',
  'priority-desc': 'Priority',
  'updated-asc': 'Longest untouched',
}

/** The fields that are filtered by most, each with its values: a pick edits the filter's text. */
export function FilterChips({
  query,
  onChange,
  without,
}: {
  readonly query: string
  readonly onChange: (query: string) => void
  readonly without: 'status' | undefined
}) {
  const { workflow, members, labels, stateById } = useWorkspace()
  const status = valuesOf(query, 'status')
  const is = valuesOf(query, 'is')
  const assignees = valuesOf(query, 'assignee')
  const chosenLabels = valuesOf(query, 'label').map(foldedName)
  const [priority = null] = valuesOf(query, 'priority')
  const [sort = null] = valuesOf(query, 'sort')
  const memberName = (handle: string) =>
    handle === '@me'
      ? 'Me'
      : handle === 'none'
        ? 'Nobody'
        : (members.find((member) => nameAsValue(member.handle) === handle)?.name ?? handle)
  const setStatus = (id: string) => {
    const bare = withField(withField(query, 'status', null), 'is', null)
    if (id === 'any') onChange(bare)
    else if (id.startsWith('is:')) onChange(withField(bare, 'is', id.slice(3)))
    else onChange(withField(bare, 'status', id))
  }
  return (
    <div className={styles.chips}>
      {without !== 'status' && (
        <FilterChip
          label="Status"
          icon={<CircleDot {...icon} />}
          value={
            status.length > 0
              ? status.map((id) => stateById.get(id)?.name ?? id).join(', ')
              : is.includes('open')
                ? 'Open'
                : is.includes('closed')
                  ? 'Closed'
                  : null
          }
          onPick={setStatus}
          items={[
            { id: 'is:open', label: 'Any open state', chosen: is.includes('open') },
            { id: 'is:closed', label: 'Any closed state', chosen: is.includes('closed') },
            ...workflow.states.map((state) => ({
              id: state.id,
              label: state.name,
              icon: <StatusRing status={state.id} />,
              chosen: status.includes(state.id),
            })),
            { id: 'any', label: 'Open and closed', chosen: status.length === 0 && is.length === 0 },
          ]}
        />
      )}
      <FilterChip
        label="Assignee"
        icon={<User {...icon} />}
        value={assignees.length > 0 ? assignees.map(memberName).join(', ') : null}
        onPick={(id) => onChange(withField(query, 'assignee', id === 'any' ? null : id))}
        items={[
          { id: 'any', label: 'Anybody', chosen: assignees.length === 0 },
          { id: '@me', label: 'Me', chosen: assignees.includes('@me') },
          { id: 'none', label: 'Nobody', chosen: assignees.includes('none') },
          ...members.map((member) => ({
            id: nameAsValue(member.handle),
            label: member.name,
            icon: <Avatar memberId={member.id} size={16} />,
            chosen: assignees.includes(nameAsValue(member.handle)),
          })),
        ]}
      />
      <FilterChip
        label="Label"
        many
        icon={<Tag {...icon} />}
        value={chosenLabels.length > 0 ? chosenLabels.join(', ') : null}
        onPick={(id) => onChange(toggled(query, 'label', id))}
        items={labels.map((label) => ({
          id: nameAsValue(label.name),
          label: label.name,
          icon: <Dot colour={label.colour} />,
          chosen: chosenLabels.includes(foldedName(nameAsValue(label.name))),
        }))}
      />
      {referring.map((of) => (
        <ReferenceChip key={of.field.key} of={of} query={query} onChange={onChange} />
      ))}
      <FilterChip
        label="Priority"
        icon={<Flag {...icon} />}
        value={
          priority === null
            ? null
            : priority in priorityName
              ? priorityName[priority as keyof typeof priorityName]
              : priority
        }
        onPick={(id) => onChange(withField(query, 'priority', id === 'any' ? null : id))}
        items={[
          { id: 'any', label: 'Any priority', chosen: priority === null },
          { id: '>=high', label: 'High and up', chosen: priority === '>=high' },
          ...[...priorities].reverse().map((each) => ({
            id: each,
            label: priorityName[each],
            icon: <PriorityBars priority={each} />,
            chosen: priority === each,
          })),
        ]}
      />
      <FilterChip
        label="Sort"
        icon={<ArrowDownWideNarrow {...icon} />}
        value={sort === null ? null : (sortNames[sort] ?? sort)}
        onPick={(id) => onChange(withField(query, 'sort', id))}
        items={Object.entries(sortNames).map(([id, label]) => ({ id, label, chosen: sort === id }))}
      />
    </div>
  )
}
