import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** A file ready to be sent, in the encoding that the browser asked for. */
export type ServedFile = {
  readonly body: Buffer
  readonly type: string
  readonly encoding: 'br' | 'gzip' | null
  readonly etag: string
  /** Its name changes with its content, so it may be kept for ever. */
  readonly immutable: boolean
}

/** The window's built files, known by name from the start: a path that is not in the list leads nowhere, whatever dots it holds. */
export type StaticFiles = {
  /** @param path of the URL, e.g. `/assets/index-BX3k9a.js`. @param acceptEncoding the request's header. */
  get(path: string, acceptEncoding?: string): Promise<ServedFile | null>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/**
 * Reads every file once: they are a few megabytes, and what is served cannot change under a window that is open.
 *
 * @param folder the built renderer. @param extra files from elsewhere, by URL path. @throws where a file can't be read.
 */
export async function loadStaticFiles(
  folder: string,
  extra: Readonly<Record<string, Buffer>> = {},
): Promise<StaticFiles> {
  const bodies = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    bodies.set(`/${file.slice(join(folder, sep).length).split(sep).join('/')}`, await readFile(file))
  }
  for (const [path, body] of Object.entries(extra)) bodies.set(path, body)

  const compressed = new Map<string, Promise<Buffer>>()
  const compress = (path: string, body: Buffer, encoding: 'br' | 'gzip') => {
    const known = compressed.get(`${encoding} ${path}`)
    if (known) return known
    const made =
      encoding === 'br' ? brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }) : gzipped(body)
    compressed.set(`${encoding} ${path}`, made)
    return made
  }

  return {
    async get(path, acceptEncoding = '') {
      const body = bodies.get(path)
      if (!body) return null
      const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream'
      const encoding = /^text|json|svg/.test(type) && body.length > 1_024 ? preferred(acceptEncoding) : null
      return {
        body: encoding ? await compress(path, body, encoding) : body,
        type,
        encoding,
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}${encoding ? `-${encoding}` : ''}"`,
        immutable: /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path),
      }
    },
  }
}

function preferred(acceptEncoding: string): 'br' | 'gzip' | null {
  const offered = acceptEncoding.split(',').map((part) => part.trim().replace(/\s+/g, ''))
  const accepts = (name: string) =>
    offered.some(
      (part) => part === name || (part.startsWith(`${name};q=`) && Number(part.slice(name.length + 3)) > 0),
    )
  return accepts('br') ? 'br' : accepts('gzip') ? 'gzip' : null
}
