import { field } from './field.ts'

export const title = field({
  name: 'title',
  key: 'title',
  title: 'Title',
  column: 'Title',
  kind: { operand: 'text', nullable: false },
  initial: '',
  sparse: false,
  inCreated: true,
  event: { name: 'title_changed', version: 1, sign: 'title', upcasters: [] },
  command: { name: 'change_title', property: 'title' },
  // Words of any text are looked for without a key.
  filter: null,
  sort: { key: 'title', descends: false, nulls: 'last', indexed: true },
  option: { flag: 'title', short: 't', value: 'title', help: 'a new title', editOnly: true },
})
