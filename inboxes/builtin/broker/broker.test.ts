import { randomBytes } from 'node:crypto'
import { type CloudEventV1, HTTP } from 'cloudevents'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Certificate, localCertificate } from '../../testing/certificate.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { ada, idOf, issueOne, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { type BrokerInbox, brokerInbox } from './broker.ts'
import { type BrokerReader, brokerServices } from './testing/broker-readers.ts'
import { type Relay, relayTo } from './testing/relay.ts'

const workspaceId = idOf(0xc1)
const comment = () => makeEvent('commented', { commentId: idOf(0xc0), body: 'Grüße' })
const readEvent = (contentType: string, body: string): CloudEventV1<unknown> => {
  const event = HTTP.toEvent({ headers: { 'content-type': contentType }, body })
  if (Array.isArray(event)) throw new Error('a batch')
  return event
}

for (const { name, url, there, reader } of await brokerServices()) {
  describe.skipIf(!there)(
    there ? name : `${name} (skipped: it does not answer at ${new URL(url).host})`,
    () => {
      const at = new URL(url)
      const prefix = `docket-test-${randomBytes(6).toString('hex')}`
      const where =
        name === 'Mosquitto' ? `${prefix}/${workspaceId}/issue/commented` : `${prefix}.issue.commented`
      let inbox: BrokerInbox
      let consumer: BrokerReader
      let relay: Relay
      let certificate: Certificate | undefined

      beforeEach(async () => {
        inbox = brokerInbox()
        consumer = await reader(url, prefix)
        relay = await relayTo({ host: at.hostname, port: Number(at.port) })
      })
      afterEach(async () => {
        await inbox.close()
        await consumer.remove()
        await relay.close()
      })

      type Around = {
        scheme?: string
        user?: string
        password?: string
        signal?: AbortSignal
        ca?: string
        port?: number
      }
      const around = ({ scheme, user, password, signal, ca, port }: Around = {}) =>
        contextFor(inbox, {
          settings: {
            url: `${scheme ?? at.protocol}//${user ?? at.username}${(user ?? at.username) ? '@' : ''}127.0.0.1:${port ?? relay.port}`,
            prefix,
            ...(ca === undefined ? {} : { ca }),
          },
          secrets: { password: password ?? at.password },
          ...(signal ? { signal } : {}),
        })

      test('an event arrives as a CloudEvent that the official SDK reads', async () => {
        const event = comment()
        const delivery = makeDelivery(event, 'broker')
        const outcome = await inbox.handle(delivery, around())
        expect(outcome).toEqual({ kind: 'done', detail: `127.0.0.1:${relay.port} confirmed it.` })
        await expect.poll(() => consumer.received()).toHaveLength(1)
        const [received] = await consumer.received()
        expect(received).toMatchObject({
          where,
          key: delivery.key,
          contentType: 'application/cloudevents+json',
        })
        const read = readEvent(received?.contentType ?? '', received?.body ?? '')
        expect(read).toMatchObject({
          id: event.id,
          source: `urn:docket:workspace:${workspaceId}`,
          type: 'docket.issue.commented',
          subject: 'DOC-42',
          data: { event: { data: { body: 'Grüße' } }, issue: { id: issueOne }, actor: { id: ada } },
        })
      })

      test('the same delivery twice carries the same key', async () => {
        const delivery = makeDelivery(comment(), 'broker')
        for (const attempt of [1, 2])
          expect((await inbox.handle({ ...delivery, attempt }, around())).kind).toBe('done')
        // JetStream drops what it has; the others leave that to the consumer, who knows it by the key.
        const copies = name === 'NATS' ? 1 : 2
        const last = makeDelivery(comment(), 'broker')
        await inbox.handle(last, around())
        await expect
          .poll(async () => (await consumer.received()).map(({ key }) => key))
          .toEqual([...Array(copies).fill(delivery.key), last.key])
        expect(relay.connections).toBe(1)
      })

      test('a broker that went away is tried again, and gets what follows once it is back', async () => {
        const context = around()
        const first = makeDelivery(comment(), 'broker')
        expect((await inbox.handle(first, context)).kind).toBe('done')
        await relay.down()
        const second = makeDelivery(comment(), 'broker')
        const refused = `127.0.0.1:${relay.port} refused the connection.`
        // The client may not have heard yet that its connection ended; that, too, is a retry.
        await expect.poll(() => inbox.handle(second, context)).toEqual({ kind: 'retry', why: refused })
        await relay.up()
        expect((await inbox.handle(second, context)).kind).toBe('done')
        await expect
          .poll(async () => new Set((await consumer.received()).map(({ key }) => key)))
          .toEqual(new Set([first.key, second.key]))
      })

      test('a broker that stops answering is let go when the time is up, and dialled anew', async () => {
        expect((await inbox.handle(makeDelivery(comment(), 'broker'), around())).kind).toBe('done')
        const time = new AbortController()
        void relay.silence().then(() => time.abort())
        const delivery = makeDelivery(comment(), 'broker')
        expect(await inbox.handle(delivery, around({ signal: time.signal }))).toEqual({
          kind: 'retry',
          why: `127.0.0.1:${relay.port} did not confirm in time.`,
        })
        relay.speak()
        expect((await inbox.handle(delivery, around())).kind).toBe('done')
        await expect.poll(async () => (await consumer.received()).at(-1)?.key).toBe(delivery.key)
      })

      // Without sign-in both let anybody in; see broker-sign-in.test.ts.
      test.skipIf(name === 'NATS' || name === 'Mosquitto')(
        'a wrong password is tried again and never said',
        async () => {
          const outcome = await inbox.handle(
            makeDelivery(comment(), 'broker'),
            around({ user: 'nobody', password: 'battery staple' }),
          )
          expect(outcome).toEqual({
            kind: 'retry',
            why: `127.0.0.1:${relay.port} refused the user name "nobody" or its password.`,
          })
        },
      )

      // NATS begins in the clear and then changes to TLS; see broker-sign-in.test.ts.
      test.skipIf(name === 'NATS')(
        'over TLS only somebody whom the certificate vouches for is trusted',
        async () => {
          certificate ??= await localCertificate()
          const secure = await relayTo({ host: at.hostname, port: Number(at.port) }, certificate)
          const scheme = at.protocol.replace(':', 's:')
          const delivery = makeDelivery(comment(), 'broker')
          const { port } = secure
          expect(await inbox.handle(delivery, around({ scheme, port }))).toMatchObject({
            kind: 'retry',
            why: expect.stringMatching(/certificate/),
          })
          expect((await inbox.handle(delivery, around({ scheme, port, ca: certificate.cert }))).kind).toBe(
            'done',
          )
          await expect
            .poll(async () => (await consumer.received()).map(({ key }) => key))
            .toEqual([delivery.key])
          await inbox.close()
          await secure.close()
        },
      )

      test('the test button publishes an event of its own', async () => {
        expect((await inbox.test?.(around()))?.kind).toBe('done')
        await expect.poll(() => consumer.received()).toHaveLength(1)
        const [received] = await consumer.received()
        expect(readEvent(received?.contentType ?? '', received?.body ?? '').type).toBe('docket.test')
      })
    },
  )
}

describe('settings', () => {
  const inbox = brokerInbox()
  const problems = (settings: unknown) =>
    inbox.settings.safeParse(settings).error?.issues.map(({ message }) => message)

  test.each([
    ['ftp://example.org', 'must begin with redis://'],
    ['example.org', 'This is not an address'],
    ['amqp://', 'names no host'],
    ['amqp://docket:secret@example.org', 'must not hold a password'],
    ['redis://example.org/abc', 'number of a database'],
    ['amqp://example.org/%zz', 'virtual host'],
    ['kafka://example.org?sasl=magic', 'is one of plain'],
  ])('the address %s is refused with a sentence', (url, sentence) => {
    expect(problems({ url })).toEqual([expect.stringContaining(sentence)])
  })

  test.each(['', 'a b', '.docket', 'docket.', 'docket/#', 'docket.*'])(
    'the prefix %j is refused with a sentence',
    (prefix) => {
      expect(problems({ prefix })).toEqual([expect.stringContaining('letters, digits')])
    },
  )

  test('only types that are asked for, of issues that match, are published', () => {
    const wants = (settings: object, type: string, data: object = {}) =>
      inbox.shouldProcess(makeEvent(type, data), contextFor(inbox, { settings }))
    expect(wants({}, 'archived')).toBe(true)
    expect(wants({ types: ['commented'] }, 'archived')).toBe(false)
    expect(wants({ types: ['commented'] }, 'commented', { commentId: idOf(0xc0), body: 'x' })).toBe(true)
    expect(wants({ query: 'priority:high' }, 'archived')).toBe(false)
    expect(wants({ query: 'is:open' }, 'commented', { commentId: idOf(0xc0), body: 'x' })).toBe(true)
  })

  test('it waits until it is told an address, and while its query can’t be looked up', () => {
    const missing = (settings: object) => inbox.notReady?.(contextFor(inbox, { settings }))
    expect(missing({})).toBe('Enter the address of the broker.')
    expect(missing({ url: 'redis://127.0.0.1' })).toBeUndefined()
    expect(missing({ url: 'redis://127.0.0.1', query: 'label:gone' })).toContain('gone')
  })
})
