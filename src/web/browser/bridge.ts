import { socketPath } from '../wire.ts'
import { createHostLink } from './host-link.ts'
import { pageTransfers } from './page-transfers.ts'

// Loaded before the window's own script; see `docs/web-host.md`.
const link = createHostLink({
  open: () => new WebSocket(`ws://${location.host}${socketPath}`),
  isLockedOut: async () => {
    try {
      return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).status === 401
    } catch {
      return false
    }
  },
})

Object.defineProperty(window, 'docket', {
  value: Object.freeze({
    call: link.call,
    transfers: pageTransfers,
    onMessage: link.onMessage,
    onConnection: link.onConnection,
  }),
})
for (const event of ['online', 'focus']) window.addEventListener(event, () => link.retryNow())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') link.retryNow()
})
// A page that was let in lets in every other one of this browser.
const pages = new BroadcastChannel('docket-let-in')
pages.onmessage = () => link.retryNow()
pages.postMessage(null)
