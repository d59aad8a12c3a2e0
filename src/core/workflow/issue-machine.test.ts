import { describe, expect, it } from 'vitest'
import { issueMachine } from './issue-machine.ts'
import { defaultWorkflow, workflow } from './workflow.ts'

const machine = issueMachine(defaultWorkflow)
const names = (status: string) => machine.allowed(status).map((transition) => transition.name)

describe('the issue machine of the default workflow', () => {
  it.each([
    ['open', ['start', 'close']],
    ['in_progress', ['stop', 'resolve', 'close']],
    ['resolved', ['close', 'reopen']],
    ['closed', ['reopen']],
  ])('from %s exactly the workflow’s transitions exist', (status, expected) => {
    expect(names(status)).toEqual(expected)
  })

  it('runs the whole way round and back', () => {
    const way = ['start', 'resolve', 'close', 'reopen', 'start', 'stop']
    const passed = ['open']
    for (const name of way) passed.push(machine.next(passed.at(-1) ?? '', name) ?? 'nowhere')
    expect(passed).toEqual(['open', 'in_progress', 'resolved', 'closed', 'open', 'in_progress', 'open'])
  })

  it('knows no transition that the state does not have, and none at all from a state it does not define', () => {
    expect(machine.next('open', 'resolve')).toBeUndefined()
    expect(machine.next('triaged', 'start')).toBeUndefined()
    expect(machine.allowed('triaged')).toEqual([])
    expect(machine.allowed('__proto__')).toEqual([])
  })
})

it('a machine follows other workflow data', () => {
  const other = issueMachine({
    id: 'two',
    initial: 'todo',
    states: [
      { id: 'todo', name: 'To do', category: 'todo' },
      { id: 'dropped', name: 'Dropped', category: 'cancelled' },
    ],
    transitions: [{ name: 'drop', label: 'Drop', from: ['todo'], to: 'dropped' }],
  })
  expect(other.allowed('todo')).toEqual([{ name: 'drop', label: 'Drop', to: 'dropped' }])
  expect(other.allowed('dropped')).toEqual([])
})

it('a workflow that names a state it does not define is refused with that name', () => {
  const broken = { ...defaultWorkflow, initial: 'nowhere' }
  expect(workflow.safeParse(broken).error?.issues[0]?.message).toContain('nowhere')
})
