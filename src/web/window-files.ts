import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { loadStaticFiles, type StaticFiles } from './static-files.ts'

/** The built window with the bridge in it: the same files that the desktop loads, plus the script that stands in for its preload. */
export async function loadWindowFiles(built: string): Promise<Result<StaticFiles>> {
  try {
    const [page, bridge, icon] = await Promise.all([
      readFile(join(built, 'renderer', 'index.html'), 'utf8'),
      readFile(join(built, 'web', 'bridge.js')),
      readFile(new URL('icon.svg', import.meta.url)),
    ])
    const files = await loadStaticFiles(join(built, 'renderer'), {
      '/index.html': Buffer.from(withBridge(page)),
      '/bridge.js': bridge,
      '/icon.svg': icon,
    })
    return done(files)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return refuse(
      'internal',
      `Docket's window is not built: ${(error as NodeJS.ErrnoException).path} is missing. Run "npm run build".`,
    )
  }
}

/**
 * Puts the bridge before the window's first script, which needs `window.docket`, and takes out a policy meant for the desktop:
 * the host's own header is at least as strict and knows the port. A tab also wants an icon.
 */
export function withBridge(page: string): string {
  const icon = /<link[^>]+rel="icon"/i.test(page) ? '' : '<link rel="icon" href="/icon.svg">'
  const without = page.replace(/[ \t]*<meta\s+http-equiv="Content-Security-Policy"[^>]*>\n?/i, '')
  const at = without.search(/<script\b|<\/head>/i)
  return `${without.slice(0, at)}${icon}<script src="/bridge.js"></script>${without.slice(at)}`
}
