import { field } from './field.ts'

/** The one that an issue is in. */
export const project = field({
  name: 'project',
  key: 'project',
  title: 'Project',
  column: 'Project',
  kind: { operand: 'reference', nullable: true, to: 'project', facet: 3 },
  initial: null,
  sparse: false,
  inCreated: false,
  event: { name: 'project_changed', version: 1, sign: 'project', upcasters: [] },
  command: { name: 'change_project', property: 'projectId' },
  filter: { key: 'project', hint: 'in this project', noneHint: 'in no project' },
  sort: null,
  option: {
    flag: 'project',
    value: 'name',
    help: 'the project, made where it is new; none for no project',
  },
})
