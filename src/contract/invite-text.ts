/** What an invite's text says. */
export type Invite = {
  /** Where the server answers; absent where a bare code was given. */
  readonly url?: string
  readonly workspaceId?: string
  readonly code: string
  /** The newest workspace key, base64, with its number: `1:…`; never sent to a server. */
  readonly key?: string
}

const prefix = 'docket-invite:'

/** The text that a person hands over. */
export function formatInvite({ url, workspaceId, code, key }: Invite): string {
  const json = JSON.stringify({ u: url, w: workspaceId, c: code, k: key })
  const binary = String.fromCharCode(...new TextEncoder().encode(json))
  return prefix + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Reads an invite's text, line breaks and quotes of a mail around it included, or a bare code. `undefined` for what is neither. */
export function parseInvite(pasted: string): Invite | undefined {
  const text = pasted.replace(/\s+/g, '').replace(/^["'“”‘’<`]+|["'“”‘’>`]+$/g, '')
  if (!text.startsWith(prefix))
    return /^\s*[A-Za-z0-9_-]{8,200}\s*$/.test(pasted) ? { code: text } : undefined
  try {
    const binary = atob(text.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (each) => each.charCodeAt(0))
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof found !== 'object' || found === null) return undefined
    const { u, w, c, k } = found as Record<string, unknown>
    if (typeof c !== 'string' || c === '') return undefined
    return {
      code: c,
      ...(typeof u === 'string' ? { url: u } : {}),
      ...(typeof w === 'string' ? { workspaceId: w } : {}),
      ...(typeof k === 'string' && k !== '' ? { key: k } : {}),
    }
  } catch {
    return undefined
  }
}
