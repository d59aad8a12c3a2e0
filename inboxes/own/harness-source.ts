/** `node:` modules that a user inbox may import. Those that open sockets, start processes or reach into other ones are not offered. */
export const offeredModules: readonly string[] = [
  'assert',
  'assert/strict',
  'buffer',
  'crypto',
  'events',
  'fs',
  'fs/promises',
  'path',
  'querystring',
  'stream',
  'stream/promises',
  'stream/web',
  'string_decoder',
  'timers',
  'timers/promises',
  'url',
  'util',
  'zlib',
]

/**
 * What runs in a user inbox's process, as text: given to Node as an argument it needs no file, which every bundle would have to ship and the
 * process be allowed to read. It talks to Docket over descriptor 3, a line of JSON a message.
 *
 * What it takes away from the module is no wall, as the permission model is: it keeps an honest module honest, and makes the others say so.
 */
export const harnessSource = `
import { registerHooks } from 'node:module'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'

const offered = new Set(${JSON.stringify(offeredModules)})
const pipe = new Socket({ fd: 3, readable: true, writable: true })
const exit = process.exit.bind(process)
const { parse, stringify } = JSON
const words = (error) => String(error?.message ?? error).slice(0, 500)
const send = (message, then) => pipe.write(stringify(message) + '\\n', then)
const fail = (why) => send({ kind: 'failed', why }, () => exit(1))
// Docket went away, and nobody is left to act for.
pipe.on('close', () => exit(0)).on('error', () => exit(0))
process.on('uncaughtException', (error) => send({ kind: 'crashed', why: words(error) }, () => exit(1)))

const asked = new Map()
let lastFetch = 0
async function checkedFetch(input, init) {
  const request = new Request(input, init)
  const id = ++lastFetch
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer()).toString('base64')
  const answer = await new Promise((resolve) => {
    asked.set(id, resolve)
    send({ kind: 'fetch', id, url: request.url, method: request.method, headers: Object.fromEntries(request.headers), body })
  })
  if (answer.error !== undefined) throw new TypeError(answer.error)
  const nothing = [101, 204, 205, 304].includes(answer.status)
  return new Response(nothing ? null : Buffer.from(answer.body, 'base64'), { status: answer.status, headers: answer.headers })
}

function takeAway() {
  const hidden = ['kill', '_kill', '_debugProcess', '_debugEnd', 'binding', '_linkedBinding', 'dlopen', 'execve', 'abort', 'getBuiltinModule', '_getActiveHandles', '_getActiveRequests', 'report']
  for (const name of hidden) Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false })
  for (const name of ['WebSocket', 'EventSource']) delete globalThis[name]
  Object.defineProperty(globalThis, 'fetch', { value: checkedFetch, writable: false, configurable: false })
  delete process.env.ELECTRON_RUN_AS_NODE
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('data:') || offered.has(specifier.replace(/^node:/, ''))) return next(specifier, context)
      throw new Error('it may not import "' + specifier + '", only: ' + [...offered].map((name) => 'node:' + name).join(', '))
    },
  })
}

let inbox
async function load({ module, confined }) {
  if (confined && (process.permission === undefined || process.permission.has('child') || process.permission.has('fs.write')))
    return fail('this Node does not confine it')
  takeAway()
  try {
    ;({ inbox } = await import(module))
    if (typeof inbox?.handle !== 'function') throw new Error('it exports no "inbox" with a "handle" function')
    const { title, types, scope } = inbox
    send({ kind: 'loaded', title, types, scope })
  } catch (error) {
    fail(words(error))
  }
}

let loading
async function call({ id, event, context }) {
  // One that does not load is ended from there.
  await loading
  try {
    const wanted = inbox.shouldProcess ? Boolean(inbox.shouldProcess(event, context)) : true
    send({ kind: 'answer', id, outcome: wanted ? await inbox.handle(event, context) : { kind: 'skip', why: 'It did not want this one' } })
  } catch (error) {
    send({ kind: 'answer', id, error: words(error) })
  }
}

createInterface({ input: pipe }).on('line', (line) => {
  const message = parse(line)
  if (message.kind === 'load') loading = load(message)
  else if (message.kind === 'call') call(message)
  else {
    asked.get(message.id)?.(message)
    asked.delete(message.id)
  }
})
`
