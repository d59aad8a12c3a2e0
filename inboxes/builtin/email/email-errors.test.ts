import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { localCertificate } from '../../testing/certificate.ts'
import { grace, idOf, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { emailInbox } from './email.ts'
import { comment, mailAround, quiet } from './testing/mail-around.ts'

const { serve, around } = mailAround()

test('one recipient of three is refused: that delivery alone is given up', async () => {
  const server = await serve({
    refuse: (address) => (address.startsWith('linus') ? { code: 550, text: 'No such user here' } : undefined),
  })
  const event = makeEvent('commented', { commentId: idOf(0xc0), body: 'Hi' }, { actorId: quiet })
  const context = around({ port: server.port, events: [event] })
  const outcomes = []
  for (const target of emailInbox.targets?.(event, context) ?? [])
    outcomes.push(await emailInbox.handle(makeDelivery(event, target), context))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'give_up'])
  expect(outcomes[2]).toEqual({
    kind: 'give_up',
    why: `localhost:${server.port} refused the recipient linus@example.org. 550 No such user here`,
  })
  expect(server.mails.map(({ to }) => to)).toEqual([['ada@example.org'], ['grace@example.org']])
})

test('greylisting (451) is tried again, and then it is taken', async () => {
  const server = await serve({
    refuse: (_, before) => (before === 0 ? { code: 451, text: 'Come back later' } : undefined),
  })
  const event = comment('Hi')
  const context = around({ port: server.port, events: [event] })
  const first = await emailInbox.handle(makeDelivery(event, grace), context)
  expect(first).toEqual({
    kind: 'retry',
    answered: true,
    why: `localhost:${server.port} refused the recipient grace@example.org. 451 Come back later`,
  })
  const second = await emailInbox.handle(makeDelivery(event, grace, { attempt: 2 }), context)
  expect(second.kind).toBe('done')
  expect(server.mails).toHaveLength(1)
})

test('a message that the server refuses for good is given up', async () => {
  const server = await serve({ refuseMessage: { code: 554, text: 'Looks like spam' } })
  const event = comment('Hi')
  const outcome = await emailInbox.handle(
    makeDelivery(event, grace),
    around({ port: server.port, events: [event] }),
  )
  expect(outcome).toMatchObject({ kind: 'give_up', why: expect.stringContaining('554 Looks like spam') })
})

test('a wrong password is tried again and named, and never said', async () => {
  const server = await serve()
  const event = comment('Hi')
  const context = around({ port: server.port, events: [event], password: 'battery staple' })
  const outcome = await emailInbox.handle(makeDelivery(event, grace), context)
  expect(outcome).toMatchObject({
    kind: 'retry',
    why: expect.stringContaining('refused the user name "docket" or its password. 535'),
  })
  expect(JSON.stringify(outcome)).not.toContain('battery')
})

test('a certificate that nobody vouches for is refused, by STARTTLS and by TLS', async () => {
  for (const secure of [false, true]) {
    const server = await serve({ secure, certificate: await localCertificate() })
    const event = comment('Hi')
    const outcome = await emailInbox.handle(
      makeDelivery(event, grace),
      around({ port: server.port, events: [event], settings: { security: secure ? 'tls' : 'starttls' } }),
    )
    expect(outcome).toMatchObject({ kind: 'retry', why: expect.stringContaining('certificate') })
    expect(server.mails).toEqual([])
  }
})

test('a server without STARTTLS gets neither mail nor password', async () => {
  const server = await serve({ open: true })
  const event = comment('Hi')
  const outcome = await emailInbox.handle(
    makeDelivery(event, grace),
    around({ port: server.port, events: [event] }),
  )
  expect(outcome).toEqual({
    kind: 'retry',
    why: `The mail server localhost:${server.port} offers no STARTTLS, and without it nothing is sent.`,
  })
  expect(server.mails).toEqual([])
})

test('a server that is gone, or not to be found, is tried again', async () => {
  const server = await serve()
  await server.close()
  const event = comment('Hi')
  const gone = around({ port: server.port, events: [event], settings: { host: '127.0.0.1' } })
  expect(await emailInbox.handle(makeDelivery(event, grace), gone)).toEqual({
    kind: 'retry',
    why: `127.0.0.1:${server.port} refused the connection.`,
  })
  const nowhere = around({ port: 587, events: [event], settings: { host: 'mail.invalid' } })
  expect(await emailInbox.handle(makeDelivery(event, grace), nowhere)).toMatchObject({
    kind: 'retry',
    why: expect.stringContaining('mail.invalid'),
  })
})

test('a server that never says a word is let go when the time is up', async () => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const time = new AbortController()
  silent.once('connection', (socket) => {
    socket.on('error', () => {})
    time.abort()
  })
  const event = comment('Hi')
  const outcome = await emailInbox.handle(
    makeDelivery(event, grace),
    around({ port, events: [event], settings: { host: '127.0.0.1' }, signal: time.signal }),
  )
  silent.close()
  expect(outcome).toEqual({
    kind: 'retry',
    why: `The mail server 127.0.0.1:${port} did not answer in time.`,
  })
})
