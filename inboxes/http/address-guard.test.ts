import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HttpReceiver, httpReceiver } from '../testing/http-receiver.ts'
import {
  guardedLookup,
  isAllowedHost,
  publicConnector,
  SpecialAddressError,
  specialKind,
} from './address-guard.ts'

let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await httpReceiver()
})
afterEach(() => receiver.close())

/** A name server that gives one answer after another. */
function nameServer(...answers: readonly string[][]): { lookup: LookupFunction; asked: () => number } {
  let asked = 0
  return {
    asked: () => asked,
    lookup: (_name, _options, callback) => {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? []
      callback(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    },
  }
}
async function reach(lookup: LookupFunction): Promise<unknown> {
  const agent = new Agent({ connect: publicConnector({ timeout: 500 }, lookup) })
  try {
    return (await request(`http://hooks.example:${receiver.port}/`, { dispatcher: agent })).statusCode
  } catch (error) {
    return error
  } finally {
    await agent.destroy()
  }
}

describe('the guard around connections that a receiver asked for', () => {
  it('refuses a name that leads to a special address', async () => {
    const error = await reach(nameServer(['127.0.0.1']).lookup)
    expect(error).toBeInstanceOf(SpecialAddressError)
    expect(receiver.received).toEqual([])
  })

  it('refuses a name with one special address among public ones', async () => {
    expect(await reach(nameServer(['192.0.43.7', '127.0.0.1']).lookup)).toBeInstanceOf(SpecialAddressError)
  })

  it('a name that changes its answer after the check gains nothing: what was checked is what is connected to', () => {
    const names = nameServer(['192.0.43.7', '2606:4700::1111'], ['127.0.0.1'])
    const told: unknown[] = []
    guardedLookup(names.lookup)('hooks.example', { all: true }, (error, addresses) =>
      told.push(error, addresses),
    )
    guardedLookup(names.lookup)('hooks.example', { all: false }, (error) => told.push(error))
    expect(told).toEqual([
      null,
      [
        { address: '192.0.43.7', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
      expect.any(SpecialAddressError),
    ])
    expect(names.asked()).toBe(2)
  })

  it('each new connection is checked again', async () => {
    const { lookup } = nameServer(['127.0.0.1'])
    expect(await reach(lookup)).toBeInstanceOf(SpecialAddressError)
    expect(await reach(lookup)).toBeInstanceOf(SpecialAddressError)
  })
})

describe('special addresses', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is an ordinary one', (address) => {
    expect(specialKind(address)).toBeUndefined()
  })
  it.each([
    ['127.9.9.9', 'a loopback'],
    ['100.64.0.1', 'a private'],
    ['224.0.0.1', 'a multicast'],
    ['255.255.255.255', 'a broadcast'],
    ['192.0.2.1', 'a reserved'],
    ['::', 'an unspecified'],
    ['fe80::1%eth0', 'a link-local'],
    ['2002:7f00:1::', 'a reserved'],
    ['', 'an unreadable'],
    ['localhost', 'an unreadable'],
  ])('%s is %s one', (address, kind) => {
    expect(specialKind(address)).toBe(kind)
  })
})

describe('hosts that a person allowed', () => {
  it.each([
    ['http://10.0.0.7/x', ['10.0.0.7'], true],
    ['http://10.0.0.7:8080/x', ['10.0.0.7'], true],
    ['http://10.0.0.7:8080/x', ['10.0.0.7:8080'], true],
    ['http://10.0.0.7/x', ['10.0.0.7:80'], true],
    ['http://10.0.0.70/x', ['10.0.0.7'], false],
    ['http://[::1]:3000/x', ['::1'], true],
    ['http://[::1]:3000/x', ['[::1]:3000'], true],
    ['http://evil.example/?10.0.0.7', ['10.0.0.7'], false],
    ['http://hooks.internal.evil.example/', ['hooks.internal'], false],
    ['http://anything/', [''], false],
  ])('%s with %j: %s', (url, allowed, expected) => {
    expect(isAllowedHost(new URL(url), allowed)).toBe(expected)
  })
})
