/** What a link made from a key or handle begins with; a fragment, so that it passes every check of addresses. */
export const issueMark = '#docket-issue:'
export const memberMark = '#docket-member:'

type Node = { readonly type: string; value?: string; url?: string; children?: Node[] }

export type MentionOptions = {
  /** Prefixes of issue keys, as `DOC` in `DOC-42`. */
  readonly prefixes: readonly string[]
  /** Further ways of writing that lead to issues, each with the issue's key. */
  readonly references?: ReadonlyMap<string, string>
  /** The member with a handle; `undefined` where nobody has it. */
  readonly memberOf: (handle: string) => Mentioned | undefined
}

/** `handle` where another is shown than is written. */
type Mentioned = { readonly id: string; readonly handle?: string | undefined }

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function patternOf({ prefixes, references }: MentionOptions): RegExp {
  const keys = prefixes.filter((prefix) => prefix !== '').map(escaped)
  // The longer first, where one begins with another.
  const written = [...(references?.keys() ?? [])].sort((a, b) => b.length - a.length).map(escaped)
  const own = keys.length === 0 ? [] : [`(?:${keys.join('|')})-(?:\\d{1,15}|~[0-9A-Fa-f]{4})`]
  const key = [...written, ...own].join('|') || '(?!)'
  return new RegExp(
    `(?<![\\p{L}\\p{N}_/-])(?:(${key})(?![\\p{L}\\p{N}_-])|@([\\p{L}\\p{N}][\\p{L}\\p{N}._/+-]{0,99}))`,
    'gu',
  )
}

/** A handle at the end of a sentence takes the full stop along; this gives it back. */
function knownMember(
  handle: string,
  memberOf: MentionOptions['memberOf'],
): (Mentioned & { readonly written: string }) | undefined {
  for (let candidate = handle; candidate !== ''; candidate = candidate.replace(/[._/+-]$/, '')) {
    const member = memberOf(candidate)
    if (member !== undefined) return { ...member, written: candidate }
    if (!/[._/+-]$/.test(candidate)) return undefined
  }
  return undefined
}

function split(text: string, pattern: RegExp, { memberOf, references }: MentionOptions): Node[] | undefined {
  const parts: Node[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    const [, key, handle] = match
    const member = handle === undefined ? undefined : knownMember(handle, memberOf)
    const written = key ?? (member ? `@${member.written}` : undefined)
    if (written === undefined) continue
    if (match.index > at) parts.push({ type: 'text', value: text.slice(at, match.index) })
    parts.push({
      type: 'link',
      url:
        key !== undefined
          ? `${issueMark}${encodeURIComponent(references?.get(key) ?? key)}`
          : `${memberMark}${member?.id ?? ''}`,
      children: [{ type: 'text', value: member?.handle ? `@${member.handle}` : written }],
    })
    at = match.index + written.length
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
export function remarkMentions(options: MentionOptions): (tree: Node) => void {
  const pattern = patternOf(options)
  const walk = (node: Node): void => {
    if (!node.children) return
    node.children = node.children.flatMap((child) => {
      if (child.type === 'html') {
        const value = readable(child.value ?? '')
        if (value.trim() === '') return []
        const text = split(value, pattern, options) ?? [{ type: 'text', value }]
        return holdsBlocks.has(node.type) ? [{ type: 'paragraph', children: text }] : text
      }
      if (child.type === 'text') return split(child.value ?? '', pattern, options) ?? [child]
      if (child.type !== 'link' && child.type !== 'linkReference') walk(child)
      return [child]
    })
  }
  return walk
}
