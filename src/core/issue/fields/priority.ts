import { field } from './field.ts'
import { priorities } from './priority-order.ts'

export const priority = field({
  name: 'priority',
  key: 'priority',
  title: 'Priority',
  column: 'Priority',
  kind: { operand: 'rank', nullable: false, values: priorities },
  initial: 'none',
  sparse: false,
  inCreated: true,
  event: {
    name: 'priority_changed',
    version: 2,
    sign: 'priority',
    // Version 1 held ranks, 0 to 4.
    upcasters: [
      ({ from, to, ...rest }) => ({
        ...rest,
        from: priorities[Number(from)] ?? 'none',
        to: priorities[Number(to)] ?? 'none',
      }),
    ],
  },
  command: { name: 'change_priority', property: 'priority' },
  filter: { key: 'priority', hint: 'such as priority:>=high' },
  sort: { key: 'priority', descends: true, nulls: 'last', indexed: true },
  option: { flag: 'priority', short: 'p', value: 'level', help: 'none, low, medium, high or urgent' },
})
