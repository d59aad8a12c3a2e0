/** What a person calls an issue: `DOC-42`, or `DOC-~4F7K` (from the id) until a number is assigned. */
export function issueKey(
  prefix: string,
  issue: { readonly id: string; readonly number?: number | null },
): string {
  return issue.number ? `${prefix}-${issue.number}` : `${prefix}-~${provisionalPart(issue.id)}`
}

/** The four random hexadecimal digits of the id's end, upper case. */
export function provisionalPart(id: string): string {
  return id.slice(-4).toUpperCase()
}

export type ParsedKey =
  | { readonly kind: 'number'; readonly prefix: string; readonly number: number }
  | { readonly kind: 'provisional'; readonly prefix: string; readonly part: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'external'; readonly key: string }

/** Reads a key as people write it: `doc-42`, `42`, `DOC-~4F7K`, an id, or another tracker's key. */
export function parseKey(text: string, prefix: string): ParsedKey {
  const trimmed = text.trim()
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(trimmed))
    return { kind: 'id', id: trimmed.toLowerCase() }
  const bare = /^#?(\d{1,15})$/.exec(trimmed)
  if (bare) return { kind: 'number', prefix, number: Number(bare[1]) }
  const match = /^([A-Za-z][A-Za-z0-9]*)-(?:(\d{1,15})|~([0-9A-Fa-f]{4}))$/.exec(trimmed)
  if (match && match[1]?.toUpperCase() === prefix.toUpperCase()) {
    return match[2]
      ? { kind: 'number', prefix, number: Number(match[2]) }
      : { kind: 'provisional', prefix, part: (match[3] ?? '').toUpperCase() }
  }
  return { kind: 'external', key: trimmed }
}
