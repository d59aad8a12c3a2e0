import { unreachable } from '../values/unreachable.ts'
import type { Description } from './describe-event.ts'
import type { Part, Value } from './parts.ts'
import type { Tail } from './phrase.ts'

/** How a description is printed as plain text. */
export type PrintStyle = {
  /** `Open → In progress`, with what it was; or `to In progress`, without. */
  readonly changes: 'arrows' | 'words'
  /** The key of the issue it happened to; `null` where whoever reads sees it already. */
  readonly here: string | null
  /** Which texts follow after a colon. */
  readonly tails: readonly Tail['kind'][]
  /** Keeps a text that somebody typed to the length that there is room for. */
  readonly cut?: (text: string) => string
}

const quoted = (text: string): string => `“${text}”`

/** A day in words: `30 November 2026`; what is no day stays as it is. */
export function dayName(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return day
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
}

function printValue(value: Value, { cut = (text) => text }: PrintStyle): string {
  switch (value.kind) {
    case 'value':
      return cut(value.text)
    case 'name':
      return quoted(cut(value.text))
    case 'nothing':
      return value.text
    case 'status':
      return value.name
    case 'priority':
      return value.value === 'none' ? 'no priority' : value.value
    case 'day':
      return dayName(value.day)
    case 'colour':
      // Nobody speaks in hexadecimal.
      return ''
    case 'entity':
      return value.of === 'member' ? value.name : quoted(value.name)
    case 'issue':
      return value.title === null ? value.key : `${value.key} ${value.title}`
    case 'file':
      return cut(value.name)
    default:
      return unreachable(value)
  }
}

function printPart(part: Part, style: PrintStyle): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'here':
      return style.here === null ? part.otherwise : `${part.before} ${style.here}`.trim()
    case 'was':
      return style.changes === 'arrows' ? `(was ${printValue(part.value, style)})` : ''
    case 'change': {
      const to = printValue(part.to, style)
      const from = part.from === null ? '' : printValue(part.from, style)
      if (to === '') return ''
      if (style.changes === 'arrows') return `${from} → ${to}`.trim()
      return part.named ? `${from} to ${to}` : `to ${to}`
    }
    default:
      return printValue(part, style)
  }
}

/** A description as one plain sentence without a full stop, to follow the actor's name. */
export function printDescription({ parts, tail }: Description, style: PrintStyle): string {
  const { cut = (text) => text } = style
  const said = parts
    .map((part) => printPart(part, style))
    .filter((words) => words !== '')
    .join(' ')
  const after = tail && style.tails.includes(tail.kind) ? cut(tail.text) : ''
  return after === '' ? said : `${said}: ${after}`
}
