import { entity } from './entity.ts'
import { freeHandle } from './handles.ts'

/** Somebody who works here, or of whom an imported history tells. */
export const member = entity({
  type: 'member',
  noun: 'member',
  plural: 'members',
  idProperty: 'memberId',
  stranger: 'someone',
  unknown: { code: 'unknown_member', sentence: 'That person is not a member of this workspace.' },
  sign: 'member',
  creation: { event: 'member_joined', command: 'add_member', verb: 'added', feed: 'folds' },
  properties: [
    {
      key: 'name',
      kind: 'line',
      given: 'must',
      held: 'always',
      change: { event: 'member_renamed', command: 'rename_member', feed: 'folds' },
    },
    {
      key: 'handle',
      kind: 'handle',
      given: 'may',
      otherwise: (name, others) =>
        freeHandle(name, new Set([...others].map(({ handle }) => String(handle).toLowerCase()))),
      held: 'always',
      taken: (handle) => `The handle @${handle} is taken.`,
      change: null,
    },
    {
      key: 'email',
      kind: 'mail',
      given: 'may',
      held: 'where set',
      change: { event: 'member_email_changed', command: 'change_member_email', feed: 'alone' },
    },
  ],
})
