import { describe, expect, it } from 'vitest'
import { command } from '../../commands.ts'
import { eventRegistry } from '../../event-registry.ts'
import { fieldCommands, fieldEvents } from '../field-schemas.ts'
import { initialIssue } from '../issue-state.ts'
import {
  allFieldValues,
  fieldNamed,
  fieldOfCommand,
  fieldOfEvent,
  fields,
  fieldsOf,
  fieldValue,
} from './fields.ts'

describe('the fields of an issue', () => {
  it('are stored under the names that they always had', () => {
    const stored = fields.map(({ name, key, event, command: { name: order, property }, filter }) =>
      [name, key, `${event.name} ${event.version}`, order, property, filter?.key ?? '-'].join(' · '),
    )
    expect(stored).toEqual([
      'title · title · title_changed 1 · change_title · title · -',
      'priority · priority · priority_changed 2 · change_priority · priority · priority',
      'project · project · project_changed 1 · change_project · projectId · project',
      'due_date · dueDate · due_date_changed 1 · change_due_date · dueDate · due',
      'estimate · estimate · estimate_changed 1 · change_estimate · estimate · estimate',
    ])
  })

  it.each(fields.map((field) => [field.name, field] as const))('%s has no name of another', (_, field) => {
    const { name, key, event, command: order, filter, sort, option } = field
    const others = fields.filter((other) => other !== field)
    expect(others.map((other) => other.name)).not.toContain(name)
    expect(others.map((other) => other.key)).not.toContain(key)
    expect(others.map((other) => other.event.name)).not.toContain(event.name)
    expect(others.map((other) => other.command.name)).not.toContain(order.name)
    expect(others.map((other) => other.command.property)).not.toContain(order.property)
    expect(others.map((other) => other.option.flag)).not.toContain(option.flag)
    if (filter) expect(others.map((other) => other.filter?.key)).not.toContain(filter.key)
    if (sort) expect(others.map((other) => other.sort?.key)).not.toContain(sort.key)
    expect([fieldNamed(name), fieldOfEvent(event.name), fieldOfCommand(order.name)]).toEqual([
      field,
      field,
      field,
    ])
  })

  it.each(fields.map((field, at) => [field.name, field, at] as const))(
    '%s begins as a value that its event may hold',
    (_, field, at) => {
      const { initial } = field
      expect(fieldValue(initialIssue('x'), field)).toBe(initial)
      expect(fieldEvents[at]?.schema.safeParse({ from: initial, to: initial }).success).toBe(true)
      expect(eventRegistry().find(field.event.name)).toBe(fieldEvents[at])
    },
  )

  it('of a state are all there, also those that it leaves out', () => {
    expect(allFieldValues(initialIssue('x'))).toEqual({
      title: '',
      priority: 'none',
      dueDate: null,
      project: null,
      estimate: null,
    })
    expect(initialIssue('x')).not.toHaveProperty('estimate')
  })

  it('are listed kind by kind, in the order asked for', () => {
    expect(fieldsOf('day', 'rank').map(({ name }) => name)).toEqual(['due_date', 'priority'])
  })

  it('are changed by commands that say why they refuse a value', () => {
    const issueId = '01990000-0000-7000-8000-000000000001'
    const why = (wish: object) => {
      const parsed = command.safeParse({ issueId, ...wish })
      return parsed.success ? null : parsed.error.issues.map(({ path, message }) => [path.join('.'), message])
    }
    expect(why({ type: 'change_priority', priority: 'high' })).toBeNull()
    expect(why({ type: 'change_priority', priority: 'red' })).toEqual([
      ['priority', 'must be none, low, medium, high or urgent'],
    ])
    expect(why({ type: 'change_due_date', dueDate: null })).toBeNull()
    expect(why({ type: 'change_due_date', dueDate: '2026-02-30' })).toEqual([
      ['dueDate', 'must be a day like 2026-11-30'],
    ])
    expect(why({ type: 'change_project', projectId: 'x' })).toEqual([
      ['projectId', 'is not an id (a lower-case UUID)'],
    ])
    expect(why({ type: 'change_title', title: ' ' })?.[0]).toEqual(['title', 'is empty'])
    expect(why({ type: 'change_title', title: 'New', base: 'Old' })).toBeNull()
    expect(fieldCommands).toHaveLength(fields.length)
  })
})
