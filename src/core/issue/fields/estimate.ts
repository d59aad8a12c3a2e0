import { field } from './field.ts'

/** How much there is to do, in points or hours. */
export const estimate = field({
  name: 'estimate',
  key: 'estimate',
  title: 'Estimate',
  column: 'Estimate',
  kind: {
    operand: 'number',
    nullable: true,
    least: 0,
    most: 1_000_000,
    decimals: 2,
    summed: true,
    units: [
      { name: 'points', one: 'point', many: 'points' },
      { name: 'hours', one: 'h', many: 'h' },
    ],
  },
  initial: null,
  sparse: true,
  inCreated: false,
  event: { name: 'estimate_changed', version: 1, sign: 'field', upcasters: [] },
  command: { name: 'change_estimate', property: 'estimate' },
  filter: { key: 'estimate', hint: 'such as estimate:>=3', noneHint: 'not estimated' },
  // Most issues have none: two more indexes would cost each change of any issue.
  sort: { key: 'estimate', descends: true, nulls: 'last', indexed: false },
  option: {
    flag: 'estimate',
    short: 'e',
    value: 'number',
    help: 'how much there is to do, in the unit of the workspace',
    without: 'take the estimate away',
  },
})
