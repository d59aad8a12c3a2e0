import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { protocol, type Session } from 'electron'
import { securityHeaders } from './content-policy.ts'

export const appScheme = 'docket-app'
/** The address of the window; hash routes follow it. */
export const appUrl = `${appScheme}://window/index.html`

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Must run before the app is ready. A scheme of our own has an origin of its own, which `file:` has not. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ])
}

/** Serves the built window's files, and only these, under {@link appUrl}. @param folder holds `index.html`. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(appScheme, (request) => answer(request, folder))
}

async function answer(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET') return refused(405)
  const file = await resolveAppFile(request.url, folder)
  const type = file && types[extname(file)]
  if (!type) return refused(404)
  return new Response(await readFile(file), { headers: { ...securityHeaders(), 'content-type': type } })
}

const refused = (status: number) => new Response(null, { status, headers: securityHeaders() })

/**
 * The file that an address means, or `null` where it is not one of ours: another host, a folder, or a place outside of `folder`
 * by dots, escapes, backslashes, drive letters or symbolic links.
 */
export async function resolveAppFile(address: string, folder: string): Promise<string | null> {
  try {
    const url = new URL(address)
    if (url.protocol !== `${appScheme}:` || url.host !== 'window' || url.username || url.password) return null
    const path = decodeURIComponent(url.pathname)
    if (/[\0\\:]/.test(path) || path.split('/').includes('..')) return null
    const home = await realpath(folder)
    const file = await realpath(join(home, path === '/' ? 'index.html' : path))
    return file.startsWith(home + sep) ? file : null
  } catch {
    // No such file, or no address at all.
    return null
  }
}
