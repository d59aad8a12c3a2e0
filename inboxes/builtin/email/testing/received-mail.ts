/** A mail as a server got it. */
export type ReceivedMail = {
  /** Lower-case name → values as they stood there, unfolded; a header that stands there twice has two. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** The only value of a header, its encoded words read. @throws Error where it is not there once. */
  header(name: string): string
  /** The part of that type, decoded. */
  part(type: 'text/plain' | 'text/html'): string
}

function headersOf(block: string): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (const line of block.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return headers
}

const bytesOfPrintable = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

/** Reads the encoded words of RFC 2047 in UTF-8. */
const readWords = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString()
        : bytesOfPrintable(text.replaceAll('_', ' ')).toString(),
    )

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding === 'quoted-printable') return bytesOfPrintable(body.replace(/=\r\n/g, '')).toString()
  return body
}

/** Reads a mail of one level of parts. */
export function readMail(raw: string): ReceivedMail {
  const end = raw.indexOf('\r\n\r\n')
  const headers = headersOf(raw.slice(0, end))
  const header = (name: string): string => {
    const values = headers.get(name.toLowerCase()) ?? []
    const [value] = values
    if (value === undefined || values.length > 1) throw new Error(`${values.length} headers called ${name}`)
    return readWords(value)
  }
  return {
    headers,
    header,
    part(type) {
      const boundary = /boundary="([^"]+)"/.exec(header('content-type'))?.[1] ?? ''
      for (const part of raw.slice(end).split(`\r\n--${boundary}`)) {
        const [head = '', ...rest] = part.replace(/^\r\n/, '').split('\r\n\r\n')
        const own = headersOf(head)
        if (own.get('content-type')?.[0]?.startsWith(type))
          return decoded(rest.join('\r\n\r\n'), own.get('content-transfer-encoding')?.[0] ?? '')
      }
      throw new Error(`no part ${type}`)
    },
  }
}
