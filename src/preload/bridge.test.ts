import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { HostMessage } from '#contract/answers/answers.ts'
import { callNames } from '#contract/calls.ts'
import type { DocketApi } from '#contract/docket-api.ts'
import { allowedCalls } from './call-names.ts'

const edge = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  invoked: [] as { channel: string; input: unknown }[],
  listeners: new Map<string, (event: unknown, message: unknown) => void>(),
  answer: async (): Promise<unknown> => ({ ok: true, value: 1 }),
}))

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => edge.exposed.set(name, api) },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown, message: unknown) => void) =>
      edge.listeners.set(channel, listener),
    invoke: (channel: string, input: unknown) => {
      edge.invoked.push({ channel, input })
      return edge.answer()
    },
  },
}))

let docket: DocketApi
beforeAll(async () => {
  await import('./index.ts')
  docket = edge.exposed.get('docket') as DocketApi
})

describe('window.docket', () => {
  test('is all that is exposed, and all that it has are three functions and no way for files', () => {
    expect([...edge.exposed.keys()]).toEqual(['docket'])
    expect(Object.keys(docket).sort()).toEqual(['call', 'onConnection', 'onMessage', 'transfers'])
    expect(docket.transfers).toBeNull()
  })

  test('makes the calls of the contract, all of them', async () => {
    expect([...allowedCalls].sort()).toEqual([...callNames].sort())
    expect(await docket.call('labels.list', {})).toEqual({ ok: true, value: 1 })
    expect(edge.invoked.at(-1)).toEqual({ channel: 'docket:labels.list', input: {} })
  })

  test.each(['message', 'toString', '__proto__', '', 'app.quit', null, {}, ['app.info']])(
    'refuses to call %j',
    async (name) => {
      const before = edge.invoked.length
      expect(await docket.call(name as never, {} as never)).toMatchObject({ ok: false })
      expect(edge.invoked).toHaveLength(before)
    },
  )

  test('throws nothing where the host does', async () => {
    edge.answer = () => Promise.reject(new Error('no handler'))
    expect(await docket.call('app.info', {})).toMatchObject({ ok: false, error: { code: 'internal' } })
  })

  test('keeps messages until somebody listens, hands on no event, and stops when told', () => {
    const push = edge.listeners.get('docket:message')
    const navigate = (to: string): HostMessage => ({ kind: 'navigate', to })
    push?.({ sender: 'secret' }, navigate('/a'))
    const heard: unknown[][] = []
    const end = docket.onMessage((...args: unknown[]) => heard.push(args))
    push?.({ sender: 'secret' }, navigate('/b'))
    end()
    push?.({ sender: 'secret' }, navigate('/c'))
    expect(heard).toEqual([[navigate('/a')], [navigate('/b')]])
  })

  test('is always connected', () => {
    const states: string[] = []
    docket.onConnection((state) => states.push(state))()
    expect(states).toEqual(['connected'])
  })
})
