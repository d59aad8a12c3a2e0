import { socketPath } from '../wire.ts'
import { createHostLink } from './host-link.ts'
import { pageTransfers } from './page-transfers.ts'

// Loaded before the window's own script; see `docs/web-host.md`.
const link = createHostLink({ open: () => new WebSocket(`ws://${location.host}${socketPath}`) })

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
