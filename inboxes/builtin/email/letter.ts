import type { TellingReason } from '#core/issue/audience.ts'
import { cutAtWord, oneLine, withoutTurning } from '../../shared/cut-text.ts'
import { escapeMarkup } from '../../shared/escape-markup.ts'

/** One change as a letter tells it. */
export type LetterLine = {
  readonly sentence: string
  /** What somebody wrote, in full; plain text. */
  readonly quote?: string
}

/** What a letter says of one issue. */
export type LetterSection = {
  readonly issueId: string
  readonly key: string
  readonly title: string
  readonly lines: readonly LetterLine[]
}

/** A mail before it has a recipient. */
export type Letter = {
  /** The name that stands before the sender's address. */
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  /** The id that all mails about the issue refer to; absent where a letter is about several. */
  readonly thread?: string
  readonly headers: Readonly<Record<string, string>>
}

type Told = {
  readonly sections: readonly LetterSection[]
  /** Who did it, where it was one person. */
  readonly actor: string | undefined
  /** Why the recipient is told, where there is one reason. */
  readonly reason: TellingReason | undefined
  readonly workspace: { readonly id: string; readonly name: string }
  /** What the deliveries that the letter is are known by: the same at every repeat. */
  readonly id: string
  /** The sender's address. */
  readonly from: string
}

/** Characters of a quoted text; the rest is read in Docket. */
const longestQuote = 20_000
/** A subject of several lines, or of a kilobyte, helps nobody. */
const longestSubject = 200

const because: Readonly<Record<TellingReason, string>> = {
  mentioned: 'you were mentioned',
  assigned: 'you are assigned to this issue',
  rule: 'a rule notifies you',
  subscribed: 'you are subscribed to this issue',
}

/** Where the window lists what a person hears of. */
const inboxLink = 'docket://inbox'
const link = (section: LetterSection): string => `docket://issue/${section.key}`
const heading = (section: LetterSection): string =>
  oneLine(withoutTurning(`[${section.key}] ${section.title}`))
const counted = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`
const changes = (sections: readonly LetterSection[]): number =>
  sections.reduce((sum, { lines }) => sum + lines.length, 0)

function footer({ sections, reason }: Told): string {
  if (sections.length > 1)
    return 'You get this mail because you take part in these issues. To hear no more of one, open it in Docket and choose Mute.'
  const why = reason ? because[reason] : 'you take part in this issue'
  return `You get this mail because ${why}. To hear no more of it, open the issue in Docket and choose Mute.`
}

function textOf(told: Told): string {
  const parts = told.sections.map((section) => {
    const lines = section.lines.map(({ sentence, quote }) => {
      const said = oneLine(sentence)
      return quote === undefined
        ? said
        : `${said}\n\n${cutAtWord(quote, longestQuote).replace(/^/gm, '> ').replace(/ +$/gm, '')}`
    })
    return [heading(section), ...lines, link(section)].join('\n\n')
  })
  // "-- " begins what mail clients know to be a signature.
  return `${parts.join('\n\n\n')}\n\n-- \n${footer(told)}\n`
}

const quoteStyle = 'margin:8px 0;padding:4px 12px;border-left:3px solid #b8bcc4;white-space:pre-wrap'
const smallStyle = 'color:#6b7280;font-size:12px'

/** A whole HTML document with its language; what people wrote in it has its own direction. @param body markup. */
export const mailDocument = (title: string, body: string): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeMarkup(title)}</title></head>`,
    '<body style="font-family:system-ui,sans-serif;font-size:14px;line-height:1.5">',
    body,
    '</body>',
    '</html>',
  ].join('\n')

function htmlOf(told: Told): string {
  const parts = told.sections.map((section) => {
    const lines = section.lines.map(({ sentence, quote }) => {
      const said = `<p dir="auto">${escapeMarkup(oneLine(sentence))}</p>`
      return quote === undefined
        ? said
        : `${said}<blockquote dir="auto" style="${quoteStyle}">${escapeMarkup(cutAtWord(quote, longestQuote))}</blockquote>`
    })
    const title = `<a href="${escapeMarkup(link(section))}">${escapeMarkup(heading(section))}</a>`
    return `<h3 dir="auto" style="font-size:15px">${title}</h3>${lines.join('')}`
  })
  const body = [
    ...parts,
    `<hr style="border:0;border-top:1px solid #e1e3e8"><p style="${smallStyle}">${escapeMarkup(footer(told))}</p>`,
  ].join('\n')
  return mailDocument(subjectOf(told), body)
}

/** The same for the same deliveries, so that a mail sent twice is known to be one. */
function messageIdOf({ id, from }: Told): string {
  return `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`
}

function subjectOf({ sections, workspace }: Told): string {
  const [section] = sections
  const subject =
    section && sections.length === 1
      ? heading(section)
      : `${counted(changes(sections), 'change')} on ${counted(sections.length, 'issue')} in ${workspace.name}`
  return cutAtWord(oneLine(withoutTurning(subject)), longestSubject)
}

/** Writes a letter about one issue or several. */
export function writeLetter(told: Told): Letter {
  const { workspace, sections, actor } = told
  const [section] = sections
  const single = sections.length === 1 ? section : undefined
  return {
    from: cutAtWord(oneLine(withoutTurning(`${actor ?? workspace.name} (Docket)`)), 100),
    subject: subjectOf(told),
    text: textOf(told),
    html: htmlOf(told),
    messageId: messageIdOf(told),
    // Not from the sender's address: each member's own replica sends what they did, and still it is one thread.
    ...(single ? { thread: `<${single.issueId}@${workspace.id}.docket>` } : {}),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Id': `<${workspace.id}.docket>`,
      // Where what is told is muted: the issue, or of several the inbox that lists them.
      'List-Unsubscribe': `<${single ? link(single) : inboxLink}>`,
    },
  }
}
