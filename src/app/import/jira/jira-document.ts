import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, jsonTextIn, listOf, objectsIn, shortText } from '../records/source-text.ts'

/** Nothing is laid out deeper than this; what lies below is told by its text alone. */
const deepest = 100

type Laid = {
  /** What a mention shows, by the account's id, for whom the caller knows a handle. */
  readonly mention: (id: string, shown: string) => string
  readonly depth: number
}

/**
 * Turns a document of Jira's REST API v3 (Atlassian Document Format, version 1) into Markdown: paragraphs, headings, lists, tasks, quotes,
 * panels, code, tables, media, links, mentions, dates, emoji and status. Text is escaped, code is untouched; of a node that it does not know the
 * text is kept.
 * @param mention what a mention of an account becomes.
 */
export function markdownFromDocument(
  document: unknown,
  mention: Laid['mention'] = (_, shown) => shown,
): string {
  return blocks(jsonFieldsIn(document).content, { mention, depth: 0 })
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const blocks = (content: unknown, laid: Laid): string =>
  objectsIn(content)
    .map((node) => block(node, { ...laid, depth: laid.depth + 1 }))
    .filter((text) => text.trim() !== '')
    .join('\n\n')

function block(node: JsonFields, laid: Laid): string {
  const { content } = node
  const attrs = jsonFieldsIn(node.attrs)
  if (laid.depth > deepest) return escaped(textIn(node))
  switch (shortText(node.type)) {
    case 'paragraph':
      return lineStart(inline(content, laid))
    case 'heading':
      return `${'#'.repeat(Math.min(6, Math.max(1, Number(attrs.level) || 1)))} ${inline(content, laid).replace(/\s*\\?\n\s*/g, ' ')}`
    case 'bulletList':
      return items(content, () => '-', laid)
    case 'orderedList': {
      const first = Number.isInteger(attrs.order) ? Number(attrs.order) : 1
      return items(content, (place) => `${first + place}.`, laid)
    }
    case 'taskList':
    case 'decisionList':
      return items(
        content,
        (_, item) => `- [${/^(DONE|DECIDED)$/.test(shortText(jsonFieldsIn(item.attrs).state)) ? 'x' : ' '}]`,
        laid,
      )
    case 'blockquote':
      return indented(blocks(content, laid), '> ', '> ')
    case 'panel': {
      const type = shortText(attrs.panelType)
      return indented(
        `${type ? `**${escaped(capital(type))}**\n\n` : ''}${blocks(content, laid)}`,
        '> ',
        '> ',
      )
    }
    case 'expand':
    case 'nestedExpand': {
      const title = shortText(attrs.title)
      return `${title ? `**${escaped(title)}**\n\n` : ''}${blocks(content, laid)}`
    }
    case 'codeBlock':
      return fenced(textIn(node), shortText(attrs.language))
    case 'rule':
      return '---'
    case 'table':
      return table(node, laid)
    case 'mediaSingle':
    case 'mediaGroup':
      return objectsIn(content).map(media).filter(Boolean).join('\n\n')
    case 'media':
      return media(node)
    case 'blockCard':
    case 'embedCard':
      return card(attrs)
    default:
      // A section, a column, or what came after this was written.
      return objectsIn(content).some(isInline)
        ? lineStart(inline(content, laid))
        : blocks(content, laid) || inline([node], laid)
  }
}

const inlineTypes = new Set([
  'text',
  'hardBreak',
  'mention',
  'emoji',
  'date',
  'status',
  'inlineCard',
  'mediaInline',
  'inlineExtension',
  'placeholder',
])
const isInline = (node: JsonFields): boolean => inlineTypes.has(shortText(node.type))

function items(content: unknown, mark: (place: number, item: JsonFields) => string, laid: Laid): string {
  return objectsIn(content)
    .map((item, place) => {
      // A list inside of a list stands beside its items where tasks are nested.
      if (/List$/.test(shortText(item.type)))
        return indented(block(item, { ...laid, depth: laid.depth + 1 }), '   ', '   ')
      const text = objectsIn(item.content).some(isInline)
        ? inline(item.content, laid)
        : blocks(item.content, laid)
      return indented(text.replace(/\n\n(?=\s*(?:[-*]|\d+\.) )/g, '\n'), `${mark(place, item)} `, '   ')
    })
    .join('\n')
}

const indented = (text: string, first: string, rest: string): string =>
  text
    .split('\n')
    .map((line, place) => `${place === 0 ? first : line === '' ? rest.trimEnd() : rest}${line}`)
    .join('\n')

function table(node: JsonFields, laid: Laid): string {
  const rows = objectsIn(node.content).map((row) =>
    objectsIn(row.content).map((cell) =>
      blocks(cell.content, laid)
        .replace(/\s*\\?\n\s*/g, ' ')
        .replaceAll('|', '\\|'),
    ),
  )
  const width = Math.max(0, ...rows.map((row) => row.length))
  if (width === 0) return ''
  const lines = rows.map(
    (row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? '').join(' | ')} |`,
  )
  // Markdown has no table without a head: the first row is it.
  return [lines[0], `|${' --- |'.repeat(width)}`, ...lines.slice(1)].join('\n')
}

function media(node: JsonFields): string {
  const attrs = jsonFieldsIn(node.attrs)
  const name = shortText(attrs.alt) || shortText(attrs.id)
  const url = shortText(attrs.url)
  if (/^https?:\S+$/.test(url)) return `![${escaped(shortText(attrs.alt))}](${address(url)})`
  return name ? `*${escaped(name)}*` : ''
}

function card(attrs: JsonFields): string {
  const url = shortText(attrs.url) || shortText(jsonFieldsIn(attrs.data).url)
  return /^(?:https?|mailto):\S+$/i.test(url) ? `<${address(url)}>` : escaped(url)
}

function inline(content: unknown, laid: Laid): string {
  return objectsIn(content)
    .map((node) => {
      const attrs = jsonFieldsIn(node.attrs)
      switch (shortText(node.type)) {
        case 'text':
          return marked(jsonTextIn(node.text), objectsIn(node.marks))
        case 'hardBreak':
          return '\\\n'
        case 'mention':
          return laid.mention(shortText(attrs.id), escaped(`@${shortText(attrs.text).replace(/^@/, '')}`))
        case 'emoji':
          return shortText(attrs.text) || shortText(attrs.shortName)
        case 'date': {
          const day = new Date(Number(attrs.timestamp))
          return Number.isNaN(day.getTime()) ? '' : day.toISOString().slice(0, 10)
        }
        case 'status':
          return marked(shortText(attrs.text), [{ type: 'strong' }])
        case 'inlineCard':
          return card(attrs)
        case 'mediaInline':
          return media(node)
        case 'placeholder':
          return ''
        default:
          return escaped(textIn(node))
      }
    })
    .join('')
}

const wrappers: Readonly<Record<string, string>> = { strong: '**', em: '*', strike: '~~' }

function marked(text: string, marks: readonly JsonFields[]): string {
  const isCode = marks.some(({ type }) => type === 'code')
  const link = marks.find(({ type }) => type === 'link')
  const href = shortText(jsonFieldsIn(link?.attrs).href)
  // Marks hold to the words: with a blank at their inner side Markdown takes them for stars.
  const [, lead = '', inner = '', trail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? []
  if (inner === '') return text
  let out = isCode ? codeSpan(inner) : escaped(inner)
  for (const { type } of marks) {
    const wrapper = Object.hasOwn(wrappers, shortText(type)) ? wrappers[shortText(type)] : undefined
    if (wrapper) out = `${wrapper}${out}${wrapper}`
  }
  if (/^(?:https?|mailto|ftp):\S+$/i.test(href)) out = `[${out}](${address(href)})`
  return `${lead}${out}${trail}`
}

function codeSpan(code: string): string {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  const pad = /^`|`$/.test(code) ? ' ' : ''
  return `${fence}${pad}${code.replaceAll('\n', ' ')}${pad}${fence}`
}

function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${/^[\w+#-]+$/.test(language) ? language : ''}\n${code.replace(/\n$/, '')}\n${fence}`
}

/** The text of a node and all below, as it is. Walks without recursion, however deep it is. */
function textIn(node: JsonFields): string {
  const out: string[] = []
  const left: JsonFields[] = [node]
  for (let next = left.pop(); next; next = left.pop()) {
    if (typeof next.text === 'string') out.push(next.text)
    else if (next.type === 'hardBreak') out.push('\n')
    left.push(
      ...listOf(next.content)
        .filter((child): child is JsonFields => typeof child === 'object' && child !== null)
        .reverse(),
    )
  }
  return out.join('')
}

/** Text that Markdown shows as it is, inside of a line. */
const escaped = (text: string): string =>
  text.replace(
    /[\\`*~[\]]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z/!?])|!(?=\[)|&(?=#?\w{1,32};)/giu,
    '\\$&',
  )

/** What begins a line and would make it something else than a paragraph. */
const lineStart = (text: string): string =>
  text
    .replace(/^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|={1,}\s*$|-{2,}\s*$)/gm, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/gm, '$1\\$2')

const address = (url: string): string =>
  url.replace(/[()\s<>\\]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
