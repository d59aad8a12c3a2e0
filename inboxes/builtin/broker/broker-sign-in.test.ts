import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Certificate, localCertificate } from '../../testing/certificate.ts'
import { contextFor } from '../../testing/inbox-context.ts'
import { idOf, makeDelivery, makeEvent } from '../../testing/made-events.ts'
import { type OwnServer, ownServer, programAt } from '../../testing/own-server.ts'
import { type BrokerInbox, brokerInbox } from './broker.ts'

// The brokers of the machine let anybody in, so these are the test's own.
const natsProgram = programAt('nats-server')
const mosquittoProgram = programAt('mosquitto')

let inbox: BrokerInbox
beforeEach(() => {
  inbox = brokerInbox()
})
afterEach(() => inbox.close())

const publish = (url: string, password: string, ca = '') =>
  inbox.handle(
    makeDelivery(makeEvent('commented', { commentId: idOf(0xc0), body: 'Hi' }), 'broker'),
    contextFor(inbox, { settings: { url, ca }, secrets: { password } }),
  )

describe.skipIf(!natsProgram)(
  natsProgram ? 'NATS with TLS and a sign-in' : 'NATS with TLS and a sign-in (skipped: no nats-server)',
  () => {
    let server: OwnServer
    let certificate: Certificate
    beforeAll(async () => {
      certificate = await localCertificate()
      const config = `
        listen: "127.0.0.1:PORT"
        jetstream { store_dir: "FOLDER/store" }
        tls { cert_file: "FOLDER/cert.pem", key_file: "FOLDER/key.pem" }
        authorization {
          users = [
            { user: docket, password: right }
            { user: guest, password: right, permissions: { publish: ["_INBOX.>"] } }
          ]
        }`
      const files = { 'cert.pem': certificate.cert, 'key.pem': certificate.key, 'nats.conf': config }
      server = await ownServer(natsProgram ?? '', files, (_, folder) => ['-c', `${folder}/nats.conf`])
    })
    afterAll(() => server.close())
    const at = (user: string) => `tls://${user}@localhost:${server.port}`

    test('takes the right name and password from whom it can show its certificate', async () => {
      expect(await publish(at('docket'), 'right', certificate.cert)).toMatchObject({ kind: 'done' })
    })
    test('a wrong password is tried again and never said', async () => {
      expect(await publish(at('docket'), 'battery staple', certificate.cert)).toEqual({
        kind: 'retry',
        why: `localhost:${server.port} refused the user name "docket" or its password.`,
      })
    })
    test('somebody who may not publish is told so', async () => {
      expect(await publish(at('guest'), 'right', certificate.cert)).toEqual({
        kind: 'retry',
        why: expect.stringContaining(`localhost:${server.port} does not let guest publish there`),
      })
    })
    test('a certificate that nobody vouches for is refused', async () => {
      expect(await publish(at('docket'), 'right')).toEqual({
        kind: 'retry',
        why: expect.stringContaining('certificate'),
      })
    })
  },
)

describe.skipIf(!natsProgram)(
  natsProgram ? 'NATS without JetStream' : 'NATS without JetStream (skipped: no nats-server)',
  () => {
    test('is tried again with a sentence', async () => {
      const server = await ownServer(natsProgram ?? '', {}, (port) => ['-a', '127.0.0.1', '-p', String(port)])
      expect(await publish(`nats://127.0.0.1:${server.port}`, '')).toEqual({
        kind: 'retry',
        why: `127.0.0.1:${server.port} did not take it: No JetStream stream takes the subject docket.issue.commented.`,
      })
      await inbox.close()
      await server.close()
    })
  },
)

describe.skipIf(!mosquittoProgram)(
  mosquittoProgram ? 'Mosquitto with a sign-in' : 'Mosquitto with a sign-in (skipped: no mosquitto)',
  () => {
    test('a wrong password is tried again and never said', async () => {
      const config = 'listener PORT 127.0.0.1\nallow_anonymous false\n'
      const server = await ownServer(mosquittoProgram ?? '', { 'mosquitto.conf': config }, (_, folder) => [
        '-c',
        `${folder}/mosquitto.conf`,
      ])
      expect(await publish(`mqtt://docket@127.0.0.1:${server.port}`, 'battery staple')).toEqual({
        kind: 'retry',
        why: `127.0.0.1:${server.port} refused the user name "docket" or its password.`,
      })
      await inbox.close()
      await server.close()
    })
    test('somebody who may not publish is told so', async () => {
      const files = {
        // As root it would change to a user who can't read the folder.
        'mosquitto.conf': 'user root\nlistener PORT 127.0.0.1\nallow_anonymous true\nacl_file FOLDER/acl\n',
        acl: 'topic read #\n',
      }
      const server = await ownServer(mosquittoProgram ?? '', files, (_, folder) => [
        '-c',
        `${folder}/mosquitto.conf`,
      ])
      expect(await publish(`mqtt://127.0.0.1:${server.port}`, '')).toEqual({
        kind: 'retry',
        why: `127.0.0.1:${server.port} does not let us publish there: Publish error: Not authorized`,
      })
      await inbox.close()
      await server.close()
    })
  },
)

test.each([
  ['redis', 'rediss'],
  ['mqtt', 'mqtts'],
  ['amqp', 'amqps'],
  ['nats', 'tls'],
  ['kafka', 'kafkas'],
])('%s: a port where nobody listens, and a name that nobody has, are tried again', async (plain, secure) => {
  for (const scheme of [plain, secure])
    expect(await publish(`${scheme}://127.0.0.1:9`, '')).toEqual({
      kind: 'retry',
      why: '127.0.0.1:9 refused the connection.',
    })
  expect(await publish(`${plain}://broker.invalid`, '')).toMatchObject({
    kind: 'retry',
    why: expect.stringMatching(/broker\.invalid:\d+( can’t|.*looked up|\.$)/),
  })
})
