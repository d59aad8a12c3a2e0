import type { BrowserWindow, IpcMainInvokeEvent } from 'electron'
import { appScheme } from './app-protocol.ts'

/** Whether an address is the window's own page. @param devServer origin of Vite's server while developing. */
export function isOurPage(address: string, devServer: string | null = null): boolean {
  try {
    const url = new URL(address)
    if (devServer !== null && url.origin === devServer) return true
    // Node gives such a URL the origin "null"; its parts tell.
    return url.protocol === `${appScheme}:` && url.host === 'window'
  } catch {
    return false
  }
}

/** Whether a call comes from one of our windows: from its main frame, showing our page, and from no other frame or window. */
export function isOurSender(
  event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  windows: readonly BrowserWindow[],
  devServer: string | null = null,
): boolean {
  const { sender, senderFrame } = event
  if (!senderFrame) return false
  const window = windows.find((each) => !each.isDestroyed() && each.webContents === sender)
  return (
    window !== undefined &&
    senderFrame === window.webContents.mainFrame &&
    isOurPage(senderFrame.url, devServer)
  )
}
