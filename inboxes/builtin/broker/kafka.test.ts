import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Publication } from './adapter.ts'
import { brokerAddress } from './broker-url.ts'
import { kafka } from './kafka.ts'

// What the adapter asks of the producer; kafka-mock.test.ts tries it against librdkafka's brokers where they are.

const address = brokerAddress(new URL('kafkas://docket@kafka.example.org?sasl=scram-sha-512'), {
  prefix: 'docket',
  maxLength: 0,
  ca: undefined,
  password: 'right',
})
const publication: Publication = {
  path: ['issue', 'commented'],
  workspaceId: 'workspace',
  streamId: 'issue-one',
  key: 'key-one',
  contentType: 'application/cloudevents+json',
  body: '{}',
}
const never = new AbortController().signal

function standIn(answer: () => Promise<object>) {
  const made: object[] = []
  const sent: object[] = []
  let closed = 0
  const broker = kafka(address, (options) => {
    made.push(options)
    return Promise.resolve({
      send: (options: object) => {
        sent.push(options)
        return answer()
      },
      close: () => {
        closed += 1
        return Promise.resolve()
      },
    } as unknown as Awaited<ReturnType<NonNullable<Parameters<typeof kafka>[1]>>>)
  })
  return { broker, made, sent, closed: () => closed }
}

test('an event is keyed by its issue, and acknowledged by all replicas', async () => {
  const { broker, made, sent } = standIn(() => Promise.resolve({}))
  await broker.publish(publication, never)
  await broker.publish({ ...publication, key: 'key-two' }, never)
  expect(made).toEqual([
    expect.objectContaining({
      bootstrapBrokers: [{ host: 'kafka.example.org', port: 9093 }],
      tls: { minVersion: 'TLSv1.2' },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'docket', password: 'right' },
    }),
  ])
  expect(sent).toHaveLength(2)
  expect(sent[0]).toEqual({
    messages: [
      {
        topic: 'docket',
        key: 'issue-one',
        value: '{}',
        headers: { 'content-type': 'application/cloudevents+json', key: 'key-one' },
      },
    ],
    acks: -1,
  })
})

test('an error is left to whoever asked', async () => {
  const { broker, sent } = standIn(() => Promise.reject(new Error('no leader')))
  await expect(broker.publish(publication, never)).rejects.toThrow('no leader')
  expect(sent).toHaveLength(1)
})

test('a cluster that does not answer is waited for no longer than asked, and hung up on', async () => {
  const time = new AbortController()
  const { broker, made, closed } = standIn(() => {
    if (time.signal.aborted) return Promise.resolve({})
    time.abort()
    return new Promise(() => {})
  })
  await expect(broker.publish(publication, time.signal)).rejects.toThrow(/abort/)
  await setImmediate()
  expect(closed()).toBe(1)
  await broker.publish(publication, never)
  expect(made).toHaveLength(2)
})
