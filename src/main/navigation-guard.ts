import { type App, type Session, shell, type WebContents } from 'electron'
import { securityHeaders } from './content-policy.ts'
import { isOurPage } from './sender-check.ts'

/** Whether an address may be handed to the person's browser: http(s), or a mail; never a file, a program or a password. */
export function isSafeOutside(address: string): boolean {
  try {
    const url = new URL(address)
    if (url.username || url.password || address.length > 2_000) return false
    if (url.protocol === 'mailto:') return true
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== ''
  } catch {
    return false
  }
}

function openOutside(address: string): void {
  if (isSafeOutside(address)) void shell.openExternal(address).catch(() => {})
}

/** Keeps a page where it is: it goes nowhere, opens nothing and embeds nothing; links go to the person's browser. */
export function guardContents(contents: WebContents, devServer: string | null = null): void {
  contents.on('will-navigate', (event) => {
    if (isOurPage(event.url, devServer)) return
    event.preventDefault()
    openOutside(event.url)
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOurPage(event.url, devServer)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
}

/** {@link guardContents} for every page that the app will ever have. */
export function guardAllContents(app: App, devServer: string | null = null): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, devServer))
}

/** What a page may ask for: to write to the clipboard (copy a key); all else is denied without asking. */
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write']

/** Denies permissions and devices, and puts the security headers on every answer. */
export function guardSession(session: Session, devServer: string | null = null): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(allowedPermissions.includes(permission) && isOurPage(details.requestingUrl, devServer)),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) =>
      allowedPermissions.includes(permission) && isOurPage(origin, devServer),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onHeadersReceived(({ responseHeaders }, answer) => {
    const ours = securityHeaders(devServer)
    const others = Object.entries(responseHeaders ?? {}).filter(([name]) => !(name.toLowerCase() in ours))
    answer({ responseHeaders: Object.fromEntries([...others, ...Object.entries(ours)]) })
  })
}
