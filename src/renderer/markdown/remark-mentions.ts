/** What a link made from a key or handle begins with; a fragment, so that it passes every check of addresses. */
export const issueMark = '#docket-issue:'
export const memberMark = '#docket-member:'

type Node = { readonly type: string; value?: string; url?: string; children?: Node[] }

export type MentionOptions = {
  /** Prefixes of issue keys, as `DOC` in `DOC-42`. */
  readonly prefixes: readonly string[]
  /** The member's id, or `undefined` for a handle that nobody has. */
  readonly memberOf: (handle: string) => string | undefined
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function patternOf(prefixes: readonly string[]): RegExp {
  const keys = prefixes.filter((prefix) => prefix !== '').map(escaped)
  const key = keys.length === 0 ? '(?!)' : `(?:${keys.join('|')})-(?:\\d{1,15}|~[0-9A-Fa-f]{4})`
  return new RegExp(
    `(?<![\\p{L}\\p{N}_/-])(?:(${key})(?![\\p{L}\\p{N}_-])|@([\\p{L}\\p{N}][\\p{L}\\p{N}._/+-]{0,99}))`,
    'gu',
  )
}

/** A handle at the end of a sentence takes the full stop along; this gives it back. */
function knownMember(
  handle: string,
  memberOf: MentionOptions['memberOf'],
): { id: string; handle: string } | undefined {
  for (let candidate = handle; candidate !== ''; candidate = candidate.replace(/[._/+-]$/, '')) {
    const id = memberOf(candidate)
    if (id !== undefined) return { id, handle: candidate }
    if (!/[._/+-]$/.test(candidate)) return undefined
  }
  return undefined
}

function split(text: string, pattern: RegExp, memberOf: MentionOptions['memberOf']): Node[] | undefined {
  const parts: Node[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    const [, key, handle] = match
    const member = handle === undefined ? undefined : knownMember(handle, memberOf)
    const shown = key ?? (member ? `@${member.handle}` : undefined)
    if (shown === undefined) continue
    if (match.index > at) parts.push({ type: 'text', value: text.slice(at, match.index) })
    parts.push({
      type: 'link',
      url: key !== undefined ? `${issueMark}${encodeURIComponent(key)}` : `${memberMark}${member?.id ?? ''}`,
      children: [{ type: 'text', value: shown }],
    })
    at = match.index + shown.length
  }
  if (parts.length === 0) return undefined
  if (at < text.length) parts.push({ type: 'text', value: text.slice(at) })
  return parts
}

/** Tags that only dress their text: they go, it stays. In small letters: `List<S>` is somebody's type. */
const dress =
  /<\/?(?:a|b|big|blockquote|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)(?:\s[^<>]*)?\/?>/g

/** What somebody reads of a piece of HTML: never interpreted, and nothing that was written vanishes with an unknown tag. */
const readable = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(dress, '')

const holdsBlocks = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition'])

/**
 * A remark plugin that turns issue keys and known handles into links, and HTML into the text that it is about; its comments, which
 * many trackers' templates leave behind, are dropped. Text inside of links and code stays as it is.
 */
export function remarkMentions({ prefixes, memberOf }: MentionOptions): (tree: Node) => void {
  const pattern = patternOf(prefixes)
  const walk = (node: Node): void => {
    if (!node.children) return
    node.children = node.children.flatMap((child) => {
      if (child.type === 'html') {
        const value = readable(child.value ?? '')
        if (value.trim() === '') return []
        const text = split(value, pattern, memberOf) ?? [{ type: 'text', value }]
        return holdsBlocks.has(node.type) ? [{ type: 'paragraph', children: text }] : text
      }
      if (child.type === 'text') return split(child.value ?? '', pattern, memberOf) ?? [child]
      if (child.type !== 'link' && child.type !== 'linkReference') walk(child)
      return [child]
    })
  }
  return walk
}
