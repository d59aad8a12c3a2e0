/** A handle after an `@` that does not stand in a word, an address or a path; the window links the same ones. */
const mention = /(?<![\p{L}\p{N}_/-])@([\p{L}\p{N}][\p{L}\p{N}._/+-]{0,99})/gu
const fence = /^(?:[ >]|[-*+] |\d{1,9}[.)] )*(`{3,}|~{3,})/
/** A comment of HTML that begins a block and doesn't end on its line. */
const opensComment = /^((?:[ >]|[-*+] |\d{1,9}[.)] )*)<!--(?!.*-->)/
const listItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/

/** A paragraph without its code spans: a run of backticks up to the next run of the same length. An escaped one opens nothing. */
function withoutSpans(paragraph: string): string {
  if (!paragraph.includes('`')) return paragraph
  const runs = [...paragraph.matchAll(/`+/g)].map((match) => ({
    at: match.index,
    length: match[0].length,
    escaped: paragraph[match.index - 1] === '\\' && paragraph[match.index - 2] !== '\\',
  }))
  // The last run of each length, so that a run that nothing closes is not looked for to the end again and again.
  const last = new Map(runs.map((run, index) => [run.length, index]))
  const kept: string[] = []
  let from = 0
  for (let opening = 0; opening < runs.length; opening++) {
    const open = runs[opening]
    if (!open || open.escaped || (last.get(open.length) ?? 0) <= opening) continue
    let closing = opening + 1
    while (runs[closing]?.length !== open.length) closing++
    const close = runs[closing]
    if (!close) break
    kept.push(paragraph.slice(from, open.at))
    from = close.at + close.length
    opening = closing
  }
  kept.push(paragraph.slice(from))
  return kept.join(' ')
}

/**
 * What a paragraph has that nobody sees, or sees only by pointing at it: comments and the attributes of HTML, what stands for a picture, addresses and
 * titles of links and the lines that define them. The lengths are limited, so that what is never closed is not looked for to the end again and again.
 */
const hidden = [
  /<!--[\s\S]{0,10000}?-->/g,
  /<[a-z][^<>]{0,2000}>/gi,
  /!\[(?:[^[\]\\]|\\.|\[[^[\]]{0,500}\]){0,1000}\](?:\[[^[\]]{0,1000}\])?/g,
  /(?<=\])\((?:[^()\\]|\\.|\([^()]{0,500}\)){0,2000}\)/g,
  /^ {0,3}\[(?!\^)[^[\]]{1,1000}\]:.*(?:\n[ \t]*(?:"[^"]{0,1000}"|'[^']{0,1000}'|\([^()]{0,1000}\))[ \t]*$)?/gm,
]

const withoutHidden = (paragraph: string): string =>
  /[<\]]/.test(paragraph) ? hidden.reduce((text, each) => text.replace(each, ' '), paragraph) : paragraph

/** The paragraphs of a Markdown text without its code blocks, fenced or indented, and without comments that span several. */
function* paragraphs(text: string): Generator<string> {
  let lines: string[] = []
  let fenced: string | undefined
  let commented = false
  const closed = text.lastIndexOf('-->')
  let at = 0
  let inList = false
  let afterBlank = true
  for (const whole of text.split(/\r\n|\n|\r/)) {
    const start = at
    at += whole.length + 1
    let line = whole
    if (commented) {
      const end = line.indexOf('-->')
      if (end === -1) continue
      commented = false
      line = line.slice(end + 3)
    }
    if (fenced !== undefined) {
      const close = /^[ >]*(`{3,}|~{3,})\s*$/.exec(line)?.[1]
      if (close?.startsWith(fenced)) fenced = undefined
      continue
    }
    const opened = fence.exec(line)
    // A fence of backticks has none behind it: "```a```" is a span.
    const fences = opened?.[1] && !(opened[1][0] === '`' && line.slice(opened[0].length).includes('`'))
    const comment = fences ? null : opensComment.exec(line)
    // One that nothing closes is shown as it was typed.
    if (comment && closed > start) {
      commented = true
      line = line.slice(0, comment[1]?.length)
    }
    const blank = line.trim() === ''
    if (blank || fences) {
      if (lines.length > 0) yield lines.join('\n')
      lines = []
      if (fences) fenced = opened?.[1]
      afterBlank = true
      continue
    }
    if (listItem.test(line)) inList = true
    else if (afterBlank && !/^\s/.test(line)) inList = false
    if (afterBlank && !inList && /^(?: {4}|\t)/.test(line)) continue
    afterBlank = false
    lines.push(line)
  }
  if (lines.length > 0) yield lines.join('\n')
}

/**
 * The people whom a Markdown text mentions as `@handle`, each once, in the order of the text. Code, e-mail addresses and what nobody sees (comments, addresses, titles, what stands for a picture) mention
 * nobody.
 * @param memberOf the member with a handle, whatever its case; `undefined` where nobody has it.
 */
export function mentionedIn(text: string, memberOf: (handle: string) => string | undefined): string[] {
  if (!text.includes('@')) return []
  const members = new Set<string>()
  for (const paragraph of paragraphs(text)) {
    if (!paragraph.includes('@')) continue
    for (const [, typed = ''] of withoutHidden(withoutSpans(paragraph)).matchAll(mention)) {
      let handle = typed
      let member = memberOf(handle)
      // A handle at the end of a sentence takes the full stop along; this gives it back.
      while (member === undefined && /[._/+-]$/.test(handle)) {
        handle = handle.slice(0, -1)
        member = memberOf(handle)
      }
      if (member !== undefined) members.add(member)
    }
  }
  return [...members]
}
