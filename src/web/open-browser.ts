import { spawn } from 'node:child_process'

/** Shows an address in the person's browser, where there is a screen to show it on; the printed address does where not. */
export function openBrowser(url: string, platform = process.platform): void {
  const [command, ...start] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open']
  const hasScreen =
    platform === 'darwin' || platform === 'win32' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!command || !hasScreen) return
  const child = spawn(command, [...start, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
