/** How deep a payload may be nested at most: nothing that Docket records or imports is. Whoever parses or walks a deeper one needs a stack for it. */
export const mostPayloadDepth = 250
/** How deep a payload may be nested that nobody here knows: whoever walks it later does so with a stack. */
export const mostUnknownDepth = 100

/**
 * How deep a JSON text is nested; a scalar is 0. Reads the text once and parses nothing.
 * @param most where it is deeper than that, the answer is `most + 1`, and the rest is not read
 */
export function jsonDepth(text: string, most = Number.POSITIVE_INFINITY): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let at = 0; at < text.length && deepest <= most; at++) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at += 1
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth)
    else if (char === '}' || char === ']') depth -= 1
  }
  return deepest
}

/** Whether a text is nested too deep for any payload; asked before it is parsed. */
export const isTooDeep = (text: string): boolean => jsonDepth(text, mostPayloadDepth) > mostPayloadDepth

/** A JSON object; `undefined` where the text is none, or is nested too deep for a payload: then it is not parsed. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  if (isTooDeep(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
