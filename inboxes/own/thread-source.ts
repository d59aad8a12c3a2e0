/**
 * What runs in a user inbox's thread, as text: a thread started from a `data:` address needs no file of its own that every bundle would have to
 * ship, and from there a user's module can import `node:` builtins alone.
 */
export const threadSource = `
import { parentPort, workerData } from 'node:worker_threads'
const say = (message) => parentPort.postMessage(message)
const words = (error) => String(error?.message ?? error).slice(0, 500)
let inbox
try {
  ;({ inbox } = await import(workerData.module))
  if (typeof inbox?.handle !== 'function') throw new Error('it exports no "inbox" with a "handle" function')
  const { title, types, scope } = inbox
  say({ kind: 'loaded', title, types, scope })
} catch (error) {
  say({ kind: 'failed', why: words(error) })
}
parentPort.on('message', async ({ id, event, context }) => {
  try {
    const wanted = inbox.shouldProcess ? Boolean(inbox.shouldProcess(event, context)) : true
    say({ kind: 'answer', id, outcome: wanted ? await inbox.handle(event, context) : { kind: 'skip', why: 'It did not want this one' } })
  } catch (error) {
    say({ kind: 'answer', id, error: words(error) })
  }
})
`
