import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { programAt } from '../../../testing/own-server.ts'
import {
  type DbusMessage,
  dbusReader,
  methodCall,
  methodReturn,
  readMessage,
  writeMessage,
} from './dbus-message.ts'

/** What a desktop is asked to show: the arguments of `org.freedesktop.Notifications.Notify`. */
export type ShownNotification = {
  readonly appName: string
  /** Of the notification whose place it takes; 0 for none. */
  readonly replaces: number
  readonly title: string
  readonly body: string
}

/** A session bus of a test's own, as `dbus-run-session` starts it. */
export async function sessionBus(): Promise<{ readonly address: string; close(): Promise<void> }> {
  // The session lasts as long as `cat` does, which is until its input ends.
  const session = spawn(
    programAt('dbus-run-session') ?? '',
    ['--', 'sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  const ended = once(session, 'exit')
  const [first] = (await Promise.race([once(session.stdout, 'data'), ended])) as [unknown]
  return {
    address: String(first).trim(),
    async close() {
      session.stdin.end()
      await ended
    },
  }
}

function notifyArguments(body: Buffer): ShownNotification {
  const read = dbusReader(body)
  const appName = read.string()
  const replaces = read.number()
  read.string()
  return { appName, replaces, title: read.string(), body: read.string() }
}

async function authenticated(address: string): Promise<Socket> {
  const path = /unix:path=([^,]+)/.exec(address)?.[1]
  if (path === undefined) throw new Error(`no socket in "${address}"`)
  const socket = connect(path)
  await once(socket, 'connect')
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString().startsWith('OK ')) throw new Error(`the bus said ${answer.toString()}`)
  socket.write('BEGIN\r\n')
  return socket
}

/** Takes the place of a desktop on a bus: owns `org.freedesktop.Notifications` and keeps what it is asked to show. */
export async function notificationService(
  address: string,
): Promise<{ readonly shown: ShownNotification[]; close(): void }> {
  const socket = await authenticated(address)
  const shown: ShownNotification[] = []
  const named = Promise.withResolvers<void>()
  let serial = 0
  const bus = 'org.freedesktop.DBus'
  function call(member: string, values: Parameters<typeof writeMessage>[3]): void {
    serial += 1
    const fields = [
      { code: 1, as: 'o', value: '/org/freedesktop/DBus' },
      { code: 2, as: 's', value: bus },
      { code: 3, as: 's', value: member },
      { code: 6, as: 's', value: bus },
    ] as const
    socket.write(writeMessage(methodCall, serial, fields, values))
  }
  function answer(to: DbusMessage, values: Parameters<typeof writeMessage>[3]): void {
    serial += 1
    const fields = [
      { code: 5, as: 'u', value: to.serial },
      { code: 6, as: 's', value: to.sender ?? '' },
    ] as const
    socket.write(writeMessage(methodReturn, serial, fields, values))
  }
  function hear(message: DbusMessage): void {
    // Of what is answered to us only the name matters: the second answer, after that to Hello.
    if (message.type === methodReturn && serial === 2) named.resolve()
    if (message.type !== methodCall) return
    if (message.member === 'GetServerInformation')
      answer(message, [...['Test', 'Docket', '1', '1.2'].map((value) => ({ as: 's', value }) as const)])
    else if (message.member === 'GetCapabilities') answer(message, [{ as: 'as' }])
    else if (message.member === 'Notify') {
      const notification = notifyArguments(message.body)
      shown.push(notification)
      answer(message, [{ as: 'u', value: notification.replaces || shown.length }])
    }
  }
  let waiting = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes])
    for (let next = readMessage(waiting); next; next = readMessage(waiting)) {
      waiting = waiting.subarray(next.size)
      hear(next.message)
    }
  })
  call('Hello', [])
  call('RequestName', [
    { as: 's', value: 'org.freedesktop.Notifications' },
    { as: 'u', value: 0 },
  ])
  await named.promise
  return { shown, close: () => socket.destroy() }
}
