/** A line that begins or ends fenced code, wherever it stands; with its indentation, marks and what is behind them. */
const anyFence = /^([\s>]*(?:(?:[-*+]|\d{1,9}[.)])[\s>]+)*)(`{3,}|~{3,})(.*)$/
/** What a browser or a Markdown reader would take for HTML; an address in angle brackets is none. */
const html = /<(?=[a-z/!?])(?!(?:https?:\/\/|mailto:)[^\s<>`]*>)/gi
const setext = /^ {0,3}(?:=+|-+)[ \t]*$/
const heading = /^( {0,3})(#{1,6})(?=[ \t]|$)/
const leadsList = /^(?:[-*+>]|\d{1,9}[.)]|\[\^)/

/** Tabs at the beginning of a line as blanks: behind the mark of a quote they would stop elsewhere. */
function untabbed(line: string): string {
  const blanks = /^[ \t]*/.exec(line)?.[0] ?? ''
  if (!blanks.includes('\t')) return line
  let width = 0
  for (const blank of blanks) width += blank === '\t' ? 4 - (width % 4) : 1
  return ' '.repeat(width) + line.slice(blanks.length)
}

/** The parts of a line in and out of its code spans; `undefined` where a span may begin on one line and end on another. */
function spansOf(line: string): readonly { readonly text: string; readonly code: boolean }[] | undefined {
  if (line.includes('\\`')) return undefined
  const parts: { text: string; code: boolean }[] = []
  let at = 0
  for (let open = line.indexOf('`'); open !== -1; open = line.indexOf('`', at)) {
    const run = /`+/y
    run.lastIndex = open
    const marks = run.exec(line)?.[0] ?? '`'
    const close = new RegExp(`(?<!\`)${marks}(?!\`)`, 'g')
    close.lastIndex = open + marks.length
    const end = close.exec(line)
    if (!end) return undefined
    const next = end.index + marks.length
    const code = line.slice(open, next)
    // A bar ends a table's cell in code, too.
    parts.push({ text: line.slice(at, open), code: false }, { text: code, code: !code.includes('|') })
    at = next
  }
  return [...parts, { text: line.slice(at), code: false }]
}

// Not by a backslash, which an address before it would take along.
const withoutHtml = (text: string): string => text.replace(html, '&lt;')

/** The lines between two that are blank, none of which is certainly code. @param maybeCode whether they may be, and then no heading is one for certain */
function proseLines(lines: readonly string[], maybeCode: boolean): string[] {
  const spans = lines.map(spansOf)
  const certain = !maybeCode && spans.every((parts) => parts !== undefined)
  return lines.map((line, index) => {
    const safe = certain
      ? (spans[index] ?? []).map(({ text, code }) => (code ? text : withoutHtml(text))).join('')
      : withoutHtml(line)
    if (maybeCode) return safe
    // Headings go below the page's own; what would make one of the line before is a row of signs.
    if (index > 0 && setext.test(safe)) return safe.replace(/[=-]/, '\\$&')
    return safe.replace(
      heading,
      (_, blanks: string, marks: string) => blanks + '#'.repeat(Math.min(6, marks.length + 3)),
    )
  })
}

/**
 * A text as a quote in a Markdown page: whatever it leaves open (fences, lists, HTML) ends where the quote ends, HTML in it is text, and headings go
 * below the page's own. Code that certainly is code stays as it was; where that can't be told without parsing, a `<` is `&lt;`.
 */
export function quotedBody(text: string): string {
  const out: string[] = []
  let prose: string[] = []
  let fence: string | undefined
  /** Whether only fences from the first column were seen so far: then it is known where code begins and ends. */
  let certain = true
  let inList = false
  const flush = (): void => {
    const isCode = certain && !inList && prose.every((line) => line.startsWith('    '))
    out.push(...(isCode ? prose : proseLines(prose, !certain)))
    prose = []
  }
  for (const line of text
    .trim()
    .split(/\r\n|\n|\r/)
    .map(untabbed)) {
    const [, before = '', marks = '', behind = ''] = anyFence.exec(line) ?? []
    if (fence !== undefined) {
      out.push(line)
      const closes = /^ {0,3}$/.test(before) && marks.startsWith(fence) && behind.trim() === ''
      if (closes) fence = undefined
      continue
    }
    if (marks && !(marks.startsWith('`') && behind.includes('`'))) {
      if (before === '' && certain) {
        flush()
        out.push(line)
        fence = marks
        inList = false
        continue
      }
      certain = false
    }
    if (line.trim() === '') {
      flush()
      out.push('')
      continue
    }
    if (prose.length === 0 && !/^\s/.test(line)) inList = leadsList.test(line)
    else if (leadsList.test(line.trimStart())) inList = true
    prose.push(line)
  }
  flush()
  if (fence !== undefined) out.push(fence)
  return out.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')
}
