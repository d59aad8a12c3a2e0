import { field } from './field.ts'

export const dueDate = field({
  name: 'due_date',
  key: 'dueDate',
  title: 'Due date',
  column: 'Due',
  kind: { operand: 'day', nullable: true, deadline: true },
  initial: null,
  sparse: false,
  inCreated: true,
  event: { name: 'due_date_changed', version: 1, sign: 'due', upcasters: [] },
  command: { name: 'change_due_date', property: 'dueDate' },
  filter: { key: 'due', hint: 'such as due:overdue or due:<7d', noneHint: 'no day set' },
  sort: { key: 'due', descends: false, nulls: 'last', indexed: true },
  option: {
    flag: 'due',
    value: 'day',
    help: 'a day like 2026-11-30',
    without: 'take the due date away',
  },
})
