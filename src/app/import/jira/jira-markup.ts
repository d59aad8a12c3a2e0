/** What came of a text, and whether something of the original is lost in it (colours, panels, images' sizes). */
export type ConvertedMarkup = { readonly markdown: string; readonly lossy: boolean }

const block = /\{(code|noformat)(?::([^}\n]{0,500}))?\}([\s\S]*?)\{\1\}/g

/**
 * Turns Jira's wiki markup into Markdown: headings, lists, tables, quotes, code, links, mentions, bold, struck and fixed-width
 * text. What it does not know stays as it was written. Every pattern that looks ahead is bounded, so that a hostile text costs no more than a long one.
 * @param mention what a mention of an account becomes, by its name, key or id.
 */
export function markdownFromJira(
  wiki: string,
  mention: (name: string) => string = (name) => `@${name}`,
): ConvertedMarkup {
  const text = wiki.replaceAll('\r\n', '\n')
  if (!/[{[*_+\-!|#^~?<\\]|^(?:h\d|bq)\./m.test(text)) return { markdown: text, lossy: false }
  const out: string[] = []
  let lossy = false
  let from = 0
  const prose = (part: string): void => {
    const converted = convertProse(part, mention)
    lossy ||= converted.lossy
    out.push(converted.markdown)
  }
  for (const match of text.matchAll(block)) {
    prose(text.slice(from, match.index))
    out.push(fenced(match[3] ?? '', match[2] ?? ''))
    from = match.index + match[0].length
  }
  prose(text.slice(from))
  return {
    markdown: out
      .join('')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    lossy,
  }
}

function fenced(code: string, options: string): string {
  const first = options.split('|').find((option) => option !== '' && !option.includes('='))
  const language =
    /(?:^|\|)language=([\w+#-]+)/.exec(options)?.[1] ??
    (first && /^[\w+#-]+$/.test(first) ? first.toLowerCase() : '')
  const title = /(?:^|\|)title=([^|]+)/.exec(options)?.[1]
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  // A block inside a line ends that line; Markdown knows fences on lines of their own only.
  return `\n${title ? `\n*${title.trim()}*\n` : ''}\n${fence}${language}\n${code.replace(/^\n|\s+$/g, '')}\n${fence}\n\n`
}

function convertProse(text: string, mention: Laid['mention']): ConvertedMarkup {
  let lossy = false
  const drop = (with_ = ''): string => {
    lossy = true
    return with_
  }
  const laid: Laid = { drop, mention }
  const unpanelled = text
    .replace(/\{color(?::[^}\n]{0,500})?\}/g, () => drop())
    .replace(/\{panel(?::([^}\n]{0,500}))?\}/g, (_, options: string | undefined) => {
      const title = /title=([^|]+)/.exec(options ?? '')?.[1]
      return drop(title ? `\n**${title.trim()}**\n` : '\n')
    })
    .replace(/\{(?:anchor:[^}\n]{0,500}|html|\/html)\}/g, () => drop())
  let quoting = false
  let header = false
  const lines: string[] = []
  for (const raw of unpanelled.split('\n')) {
    // `{quote}` opens and closes, at a line's ends or in its middle.
    const parts = raw.split('{quote}')
    parts.forEach((part, place) => {
      if (place > 0) {
        quoting = !quoting
        lines.push('')
      }
      if (part.trim() === '' && parts.length > 1) return
      const { line, row } = convertLine(part, laid)
      const mark = quoting ? '> ' : ''
      lines.push(mark + line)
      if (row && !header)
        lines.push(
          mark +
            line.replace(/(?<!\\)\|?[^|]+(?=\|)/g, (cell) => (cell.startsWith('|') ? '| --- ' : ' --- ')),
        )
      header = row
    })
  }
  return { markdown: lines.join('\n'), lossy }
}

type Laid = {
  /** Notes that something is lost. */
  readonly drop: (replacement?: string) => string
  readonly mention: (name: string) => string
}

function convertLine(line: string, laid: Laid): { line: string; row: boolean } {
  const heading = /^\s*h([1-6])\.\s+(.*)$/.exec(line)
  if (heading)
    return { line: `${'#'.repeat(Number(heading[1]))} ${inline(heading[2] ?? '', laid)}`, row: false }
  const quote = /^\s*bq\.\s+(.*)$/.exec(line)
  if (quote) return { line: `> ${inline(quote[1] ?? '', laid)}`, row: false }
  if (/^\s*-{4,}\s*$/.test(line)) return { line: '\n---\n', row: false }
  const item = /^\s*([*#]{1,6}|-{1,3})\s+(.*)$/.exec(line)
  if (item) {
    const marks = item[1] ?? '*'
    // Three blanks a level nest under `1.` and `-` alike.
    return {
      line: `${'   '.repeat(marks.length - 1)}${marks.endsWith('#') ? '1.' : '-'} ${inline(item[2] ?? '', laid)}`,
      row: false,
    }
  }
  if (/^\s*\|.*\|\s*$/.test(line)) {
    const cells = protectLinks(line.trim())
      .replace(/^\|{1,2}|\|{1,2}$/g, '')
      .split(/\|{1,2}/)
    return {
      line: `| ${cells.map((cell) => inline(cell.replaceAll('\u0001', '|').trim(), laid).replaceAll('|', '\\|')).join(' | ')} |`,
      row: true,
    }
  }
  return { line: inline(line, laid), row: false }
}

// The bar inside a link does not end a table's cell.
const protectLinks = (row: string): string =>
  row.replace(/\[[^\]]{0,2000}\]/g, (link) => link.replaceAll('|', '\u0001'))

const spans = /\{\{(.{1,2000}?)\}\}|\[([^\]\n]{1,2000})\]|!([^!\n\s|][^!\n|]{0,500}\.\w{2,5})(?:\|[^!\n]*)?!/g

function inline(text: string, laid: Laid): string {
  let out = ''
  let from = 0
  for (const match of text.matchAll(spans)) {
    out += styled(text.slice(from, match.index))
    from = match.index + match[0].length
    const [whole, fixed, link, image] = match
    if (fixed !== undefined) out += fixedWidth(fixed)
    else if (image !== undefined)
      out += /^https?:/.test(image) ? `![](${address(image)})` : laid.drop(`*${image}*`)
    else out += linked(link ?? '', laid) ?? styled(whole)
  }
  return out + styled(text.slice(from))
}

function fixedWidth(code: string): string {
  const fence = code.includes('`') ? '``' : '`'
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${code}${pad}${fence}`
}

function linked(inside: string, { mention }: Laid): string | null {
  if (inside.startsWith('~')) return mention(inside.slice(1).replace(/^accountid:/, ''))
  const bar = inside.indexOf('|')
  const target = (bar < 0 ? inside : (inside.slice(bar + 1).split('|')[0] ?? '')).trim()
  if (!/^(?:https?|ftp|mailto):\S+$/i.test(target)) return null
  return bar <= 0
    ? `<${target}>`
    : `[${inside.slice(0, bar).trim().replace(/[[\]]/g, '\\$&')}](${address(target)})`
}

const address = (url: string): string =>
  url.replace(/[()\s<>]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

// Jira's marks hold to words: before the first stands nothing, a blank, an opening bracket, or a quotation mark that a blank comes before; after
// the last the same the other way round. Anything else is arithmetic, a path with a glob, or a name.
const before = '(?<=^|[\\s([{|>*_]|(?:^|\\s)["\u201c\u2018\'])'
const after = '(?=$|[\\s)\\]}|<*_.,;:!?]|["\u201d\u2019\'](?:$|[\\s.,;:!?)]))'
const inner = (mark: string): string => `(?=[^\\s${mark}])([^${mark}\\n]{1,1000}?)(?<=[^\\s${mark}])`
const bold = new RegExp(`(?<!\\*)${before}\\*${inner('*')}\\*(?!\\*)${after}`, 'gu')
const struck = new RegExp(`${before}-${inner('-')}-${after}`, 'gu')
const inserted = new RegExp(`${before}\\+${inner('+')}\\+${after}`, 'gu')
/** Stands for a star of Markdown's own while the text's are escaped. */
const star = '\u0002'

function styled(text: string): string {
  return (
    text
      .replaceAll(star, '')
      .replace(bold, `${star}${star}$1${star}${star}`)
      .replace(struck, (whole, within: string) => (/[\d:/.]+$/.test(within) ? whole : `~~${within}~~`))
      .replace(inserted, '$1')
      // Markdown would take these for marks, which they are not in Jira: a star that touches a word, two lines below.
      .replace(/(?<!\\)\*(?=\S)|(?<=\S)(?<!\\)\*/g, '\\*')
      .replace(/(?<!\\)__/g, '\\_\\_')
      .replaceAll(star, '*')
      // What is a mark in Markdown, too, stays escaped.
      .replace(/\\([{}+|!-])/g, '$1')
      // Markdown would take a lone tag for HTML and drop it.
      .replace(/<(?=[a-z/!])(?!(?:https?|mailto):)/gi, '\\<')
  )
}
