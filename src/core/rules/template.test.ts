import { expect, it } from 'vitest'
import { fillTemplate } from './template.ts'

const values = {
  'issue.key': 'DOC-1',
  'issue.title': 'A {{rule.name}} $& title',
  'actor.name': 'Ada',
  'rule.name': 'Stale',
  'event.type': 'commented',
}

it('a text is filled in once: what a title says is never a placeholder', () => {
  expect(fillTemplate('{{issue.key}} {{ issue.title }} by {{actor.name}}, {{event.type}}', values)).toBe(
    'DOC-1 A {{rule.name}} $& title by Ada, commented',
  )
})

it('braces that name nothing stay', () => {
  expect(fillTemplate('{{}} {issue.key} {{constructor}}', values)).toBe('{{}} {issue.key} {{constructor}}')
})
