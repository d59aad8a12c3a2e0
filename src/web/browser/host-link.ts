import type { HostMessage } from '#contract/answers/answers.ts'
import type { ConnectionState, DocketApi } from '#contract/docket-api.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { type HostFrame, maxFrameBytes } from '../wire.ts'

export type HostLinkOptions = {
  readonly open: () => WebSocket
  /** Asked where a connection can't be made: whether a host answers, and does not let this page in. */
  readonly isLockedOut?: () => Promise<boolean>
  /** How long a call waits for a connection before it comes back as `busy`. */
  readonly patienceMillis?: number
  /** First and longest wait between two attempts to connect. */
  readonly retryMillis?: readonly [first: number, longest: number]
}

/** {@link DocketApi} over a WebSocket that comes back by itself. */
export type WebHost = Omit<DocketApi, 'transfers'> & {
  /** Tries now instead of after the rest of the wait: the window was brought to the front, the network came back. */
  retryNow(): void
  /** Ends it for good. */
  close(): void
}

type Waiting = {
  readonly text: string
  readonly repeatable: boolean
  readonly settle: (result: Result<never>) => void
  timer?: ReturnType<typeof setTimeout>
  sent: boolean
}

/** These change something: sent once and unanswered, nobody knows whether they were done, and they are not sent again. */
const changing: ReadonlySet<string> = new Set([
  'commands.execute',
  'me.set',
  'jobs.start',
  'jobs.cancel',
  'files.pick',
  'files.download',
])

/** More than this before anybody listens, and the rest is dropped: whoever listens then asks for everything anyway. */
const mostEarly = 100

/** Opens the link at once. Nothing is thrown: without a host, calls come back as refusals. */
export function createHostLink({
  open,
  isLockedOut = async () => false,
  patienceMillis = 5_000,
  retryMillis: [first, longest] = [100, 5_000],
}: HostLinkOptions): WebHost {
  const messageListeners = new Set<(message: HostMessage) => void>()
  const connectionListeners = new Set<(state: ConnectionState) => void>()
  const calls = new Map<number, Waiting>()
  let socket: WebSocket | null = null
  let connected = false
  let everConnected = false
  let ended = false
  let wait = first
  let retry: ReturnType<typeof setTimeout> | undefined
  let lastId = 0
  let lastPosition = 0

  // Until the first attempt has failed there is nothing to warn of.
  let told: ConnectionState = 'connected'
  const tell = (state: ConnectionState) => {
    if (told === state) return
    told = state
    for (const listener of connectionListeners) listener(state)
  }
  // The host greets before the window's own script listens.
  let early: HostMessage[] | null = []
  const emit = (message: HostMessage) => {
    if (message.kind === 'changed') lastPosition = message.position
    if (early && early.length < mostEarly) early.push(message)
    for (const listener of messageListeners) listener(message)
  }
  const settle = (id: number, result: Result<unknown>) => {
    const call = calls.get(id)
    if (!call) return
    calls.delete(id)
    clearTimeout(call.timer)
    call.settle(result as Result<never>)
  }
  const send = (call: Waiting) => {
    clearTimeout(call.timer)
    call.sent = true
    socket?.send(call.text)
  }
  const waitForHost = (id: number, call: Waiting) => {
    clearTimeout(call.timer)
    call.sent = false
    if (told === 'not_let_in') settle(id, refuse('busy', lockedOut))
    else call.timer = setTimeout(() => settle(id, refuse('busy', noHost)), patienceMillis)
  }

  const onOpen = () => {
    connected = true
    wait = first
    for (const call of calls.values()) send(call)
    tell('connected')
    // What the host said meanwhile was missed.
    if (everConnected) emit({ kind: 'changed', position: lastPosition, issues: null, directory: true })
    everConnected = true
  }
  const onMessage = (event: MessageEvent) => {
    const frame = readHostFrame(event.data)
    if (!frame) return
    if ('message' in frame) emit(frame.message)
    else settle(frame.id, frame.result)
  }
  const onClose = () => {
    socket = null
    if (connected) {
      connected = false
      for (const [id, call] of calls) {
        if (call.sent && !call.repeatable) settle(id, refuse('busy', unanswered))
        else waitForHost(id, call)
      }
    }
    if (told !== 'not_let_in') tell('disconnected')
    if (ended) return
    void sayWhy()
    retry = setTimeout(connect, wait * (0.75 + Math.random() / 2))
    wait = Math.min(wait * 2, longest)
  }
  // A refused connection looks like none: the page has to ask.
  const sayWhy = async () => {
    const refused = await isLockedOut()
    if (connected || ended) return
    tell(refused ? 'not_let_in' : 'disconnected')
    if (!refused) return
    for (const [id, call] of calls) if (!call.sent) settle(id, refuse('busy', lockedOut))
  }
  const connect = () => {
    const opening = open()
    socket = opening
    opening.addEventListener('open', onOpen)
    opening.addEventListener('message', onMessage)
    opening.addEventListener('close', onClose)
  }
  connect()

  return {
    call: (name, input) =>
      new Promise((resolve) => {
        if (ended) return resolve(refuse('busy', noHost))
        const id = ++lastId
        const text = JSON.stringify({ id, name, input })
        if (isTooLarge(text)) return resolve(refuse('body_too_large', tooLarge))
        const call: Waiting = { text, repeatable: !changing.has(name), settle: resolve, sent: false }
        calls.set(id, call)
        // A socket that is closing takes nothing more, and says so only in the console.
        if (connected && socket?.readyState === 1) send(call)
        else waitForHost(id, call)
      }),
    onMessage(listener) {
      messageListeners.add(listener)
      const waiting = early ?? []
      early = null
      for (const message of waiting) listener(message)
      return () => messageListeners.delete(listener)
    },
    onConnection(listener) {
      connectionListeners.add(listener)
      listener(told)
      return () => connectionListeners.delete(listener)
    },
    retryNow() {
      if (socket || ended) return
      clearTimeout(retry)
      wait = first
      connect()
    },
    close() {
      ended = true
      clearTimeout(retry)
      for (const id of calls.keys()) settle(id, refuse('busy', noHost))
      socket?.close()
    },
  }
}

const noHost =
  'Docket is not running behind this window. Nothing was changed; start it again and try once more.'
const lockedOut =
  'Docket was started again and asks for its new address. Nothing was changed; open the address that it printed in this browser, then try once more.'
const unanswered =
  'The connection to Docket ended before it answered, so this may or may not have been saved. Look at the issue before you try again.'

const tooLarge =
  'That is too long: a text may have at most 1 MiB. Nothing was changed; shorten it and try again.'

/** The host would end the connection, and every other call with it. A UTF-16 unit has at most 3 bytes in UTF-8. */
const isTooLarge = (text: string) =>
  text.length * 3 > maxFrameBytes && new TextEncoder().encode(text).length > maxFrameBytes

/** Our own host's frames: looked at only as far as needed to tell them apart. */
function readHostFrame(data: unknown): HostFrame | null {
  try {
    const value: unknown = JSON.parse(String(data))
    return typeof value === 'object' &&
      value !== null &&
      ('message' in value || ('id' in value && 'result' in value))
      ? (value as HostFrame)
      : null
  } catch {
    return null
  }
}
