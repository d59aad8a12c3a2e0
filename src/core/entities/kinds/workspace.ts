import { entity } from './entity.ts'

/** The workspace itself. */
export const workspace = entity({
  type: 'workspace',
  noun: 'workspace',
  plural: 'workspaces',
  idProperty: null,
  stranger: 'the workspace',
  unknown: null,
  sign: 'workspace',
  creation: { event: 'workspace_created', command: null, verb: 'created', feed: 'alone' },
  properties: [
    {
      key: 'name',
      kind: 'line',
      given: 'must',
      held: 'always',
      change: { event: 'workspace_renamed', command: 'rename_workspace', feed: 'alone' },
    },
    { key: 'keyPrefix', kind: 'key_prefix', given: 'never', held: 'always', change: null },
  ],
})
