import { entity } from './entity.ts'

/** What issues belong to, one each. */
export const project = entity({
  type: 'project',
  noun: 'project',
  plural: 'projects',
  idProperty: 'projectId',
  stranger: 'a project',
  unknown: { code: 'unknown_project', sentence: 'That project does not exist in this workspace.' },
  sign: 'project',
  creation: {
    event: 'project_created',
    command: 'create_project',
    verb: 'created',
    feed: 'folds',
  },
  properties: [
    {
      key: 'name',
      kind: 'line',
      given: 'must',
      held: 'always',
      taken: (name) => `There is a project "${name}" already.`,
      change: { event: 'project_renamed', command: 'rename_project', feed: 'folds' },
    },
  ],
})
