import type { FeedItem } from '#contract/views.ts'
import type { DirectoryChange } from '#core/directory-events.ts'
import type { IssueChange, LinkKind } from '#core/issue-events.ts'
import type { RuleChange } from '#core/rules/rule-events.ts'
import { directoryPhrases } from './directory-phrases.ts'
import {
  arrow,
  here,
  issue,
  label,
  level,
  type Part,
  type Phrase,
  person,
  project,
  type Sentence,
  status,
  text,
  value,
} from './sentence-parts.ts'

type Change = IssueChange | DirectoryChange | RuleChange
type DataOf<Name extends Change['type']> = Extract<Change, { type: Name }>['data']
type Phrases = {
  readonly [Name in Change['type']]: (data: DataOf<Name>, item: FeedItem, actorName: string) => Phrase
}

/** A JSON value of an imported field in one line; never longer than `limit` characters. */
export function plainValue(of: unknown, limit = 80): string {
  if (of === null || of === undefined) return ''
  const scalars = Array.isArray(of) && of.every((each) => typeof each !== 'object')
  const words = typeof of === 'string' ? of : scalars ? of.join(', ') : JSON.stringify(of)
  const oneLine = words.replace(/\s+/g, ' ').trim()
  return oneLine.length <= limit ? oneLine : `${oneLine.slice(0, limit - 1).toWellFormed()}…`
}

function linkWords(kind: LinkKind): { before: string; after: string; gone: string } {
  switch (kind) {
    case 'blocks':
      return { before: 'marked', after: 'as blocking', gone: 'no longer blocking' }
    case 'relates_to':
      return { before: 'related', after: 'to', gone: 'no longer related to' }
    case 'duplicates':
      return { before: 'marked', after: 'as a duplicate of', gone: 'no longer a duplicate of' }
    case 'parent':
      return { before: 'put', after: 'under', gone: 'no longer under' }
  }
}

function dueDate(from: string | null, to: string | null): readonly Part[] {
  const day = (of: string): Part => ({ kind: 'day', day: of })
  if (from === null && to !== null) return [text('set the due date'), here('of'), arrow, day(to)]
  if (from !== null && to === null) return [text('removed the due date'), here('of'), day(from)]
  return [text('moved the due date'), here('of'), day(from ?? ''), arrow, day(to ?? '')]
}

function movedBetween(from: string | null, to: string | null, item: FeedItem): readonly Part[] {
  if (to === null)
    return [text('took'), here('', 'this'), text('out of the project'), project(item, from ?? '')]
  if (from === null) return [text('moved'), here('', 'this'), text('to the project'), project(item, to)]
  return [text('changed the project'), here('of'), project(item, from), arrow, project(item, to)]
}

const phrases: Phrases = {
  ...directoryPhrases,
  created: () => ({ icon: 'created', parts: [text('created'), here('', 'this issue')] }),
  title_changed: ({ from, to }) => ({
    icon: 'title',
    parts: [text('renamed'), here(), value(from), arrow, value(to)],
  }),
  description_changed: ({ replaces, to }) => ({
    icon: 'description',
    parts: [
      text(
        to === '' ? 'cleared the description' : replaces ? 'edited the description' : 'wrote the description',
      ),
      here('of'),
    ],
  }),
  priority_changed: ({ from, to }) => ({
    icon: 'priority',
    parts: [text('set the priority'), here('of'), level(from), arrow, level(to)],
  }),
  due_date_changed: ({ from, to }) => ({ icon: 'due', parts: dueDate(from, to) }),
  project_changed: ({ from, to }, item) => ({ icon: 'project', parts: movedBetween(from, to, item) }),
  assigned: ({ memberId }, item) => ({
    icon: 'assigned',
    parts:
      memberId === item.actorId
        ? [text('took'), here('', 'this issue')]
        : [text('assigned'), here('', 'this'), text('to'), person(item, memberId)],
  }),
  unassigned: ({ memberId }, item) => ({
    icon: 'unassigned',
    parts:
      memberId === item.actorId
        ? [text('gave up'), here('', 'this issue')]
        : [text('took'), here('', 'this'), text('from'), person(item, memberId)],
  }),
  labeled: ({ labelId }, item) => ({
    icon: 'label',
    parts: [text('added the label'), label(item, labelId), here('to')],
  }),
  unlabeled: ({ labelId }, item) => ({
    icon: 'label',
    parts: [text('removed the label'), label(item, labelId), here('from')],
  }),
  commented: () => ({ icon: 'comment', parts: [text('commented'), here('on')] }),
  comment_edited: () => ({ icon: 'edit', parts: [text('edited a comment'), here('on')] }),
  comment_deleted: () => ({ icon: 'delete', parts: [text('deleted a comment'), here('on')] }),
  status_changed: ({ from, to, reason }) => ({
    icon: 'status',
    parts: [text('moved'), here('', ''), status(from), arrow, status(to)],
    reason,
  }),
  linked: ({ kind, target }, item) => {
    const words = linkWords(kind)
    return {
      icon: 'link',
      parts: [text(words.before), here('', 'this'), text(words.after), issue(item, target)],
    }
  },
  unlinked: ({ kind, target }, item) => ({
    icon: 'unlink',
    parts: [text('marked'), here('', 'this'), text(`as ${linkWords(kind).gone}`), issue(item, target)],
  }),
  subscribed: ({ memberId }, item) => ({
    icon: 'subscribed',
    parts:
      memberId === item.actorId
        ? [text('subscribed'), here('to')]
        : [text('subscribed'), person(item, memberId), here('to')],
  }),
  unsubscribed: ({ memberId }, item) => ({
    icon: 'unsubscribed',
    parts:
      memberId === item.actorId
        ? [text('unsubscribed'), here('from')]
        : [text('unsubscribed'), person(item, memberId), here('from')],
  }),
  muted: ({ memberId }, item) => ({
    icon: 'muted',
    parts:
      memberId === item.actorId
        ? [text('muted'), here('', 'this issue')]
        : [text('muted'), here('', 'this issue'), text('for'), person(item, memberId)],
  }),
  unmuted: ({ memberId }, item) => ({
    icon: 'subscribed',
    parts:
      memberId === item.actorId
        ? [text('unmuted'), here('', 'this issue')]
        : [text('unmuted'), here('', 'this issue'), text('for'), person(item, memberId)],
  }),
  notified: ({ memberId, text: words }, item) => ({
    icon: 'notified',
    parts: [text('notified'), person(item, memberId), here('about')],
    reason: words,
  }),
  viewed: () => ({ icon: 'viewed', parts: [text('viewed'), here('', 'this issue')] }),
  archived: () => ({ icon: 'archived', parts: [text('archived'), here('', 'this issue')] }),
  restored: () => ({ icon: 'restored', parts: [text('restored'), here('', 'this issue')] }),
  field_changed: ({ field, from, to }) => {
    const before = plainValue(from)
    const after = plainValue(to)
    if (after === '')
      return {
        icon: 'field',
        parts: [text('cleared'), value(field), here('of'), ...(before === '' ? [] : [value(before)])],
      }
    return {
      icon: 'field',
      parts: [
        text('set'),
        value(field),
        here('of'),
        ...(before === '' ? [] : [value(before)]),
        arrow,
        value(after),
      ],
    }
  },
  numbered: ({ number }) => ({
    icon: 'number',
    parts: [text('gave'), here('', 'this issue'), text('the number'), value(String(number))],
  }),
  conflict_settled: ({ how }, { streamType }) => {
    const of = streamType === 'issue' ? here('of') : text(`of a ${streamType}`)
    return {
      icon: 'merge',
      parts:
        how === 'flipped'
          ? [text('made a change'), of, text('again that had no effect')]
          : [text('left a change'), of, text('without effect')],
    }
  },
  attached: ({ name, url }) => ({
    icon: 'attached',
    parts: [text('attached'), { kind: 'file', name, url: url ?? null }, here('to')],
  }),
}

const isKnown = (type: string): type is Change['type'] => Object.hasOwn(phrases, type)

/**
 * Says in words what an event did. Total: what only a newer Docket knows, a type of somebody's own, or a payload that was erased, gets a general
 * sentence.
 * @param actorName whom the view names before the sentence.
 */
export function sentenceOf(item: FeedItem, actorName: string): Sentence {
  if (item.waiting)
    return {
      icon: 'custom',
      parts: [text('did something that a newer Docket recorded'), here('on')],
      reason: null,
    }
  if (item.erased)
    return {
      icon: 'erased',
      parts: [
        text(`recorded "${item.type.replaceAll('_', ' ')}"`),
        here('on'),
        text('(the content was erased, or can’t be read)'),
      ],
      reason: null,
    }
  if (!isKnown(item.type))
    return {
      icon: 'custom',
      parts: [text('recorded'), value(item.type.replaceAll('_', ' ')), here('on')],
      reason: null,
    }
  // The host lifts every payload to its type's current shape before it answers, so it is trusted here.
  const say = phrases[item.type] as (data: unknown, item: FeedItem, actorName: string) => Phrase
  const { icon, parts, reason } = say(item.data, item, actorName)
  return { icon, parts, reason: reason ?? null }
}

/** The words around the values that a view draws as signs. */
export type PartWords = { readonly statusName: (id: string) => string; readonly showIssue: boolean }

function partText(part: Part, item: FeedItem, words: PartWords): string {
  switch (part.kind) {
    case 'text':
    case 'nothing':
      return part.text
    case 'value':
      return part.text
    case 'arrow':
      return '→'
    case 'status':
      return words.statusName(part.id)
    case 'priority':
      return part.value === 'none' ? 'no priority' : part.value
    case 'day':
      return part.day
    case 'colour':
      return part.colour
    case 'person':
    case 'label':
    case 'issue':
    case 'file':
      return part.name
    case 'here': {
      if (!words.showIssue || !item.issue) return part.otherwise
      return [part.before, item.issue.key].filter((word) => word !== '').join(' ')
    }
  }
}

/** The whole sentence as plain text: for screen readers, tooltips and the clipboard. */
export function plainSentence(item: FeedItem, actorName: string, words: PartWords): string {
  const { parts, reason } = sentenceOf(item, actorName)
  const said = [actorName, ...parts.map((part) => partText(part, item, words))]
    .filter((word) => word !== '')
    .join(' ')
  return reason ? `${said}: ${reason}` : said
}

/** Which rule or process did it, where no person did by hand; `null` for people and imports. */
export function automationOf(
  item: FeedItem,
): { readonly rule: string | null; readonly causeId: string | null; readonly because: string | null } | null {
  if (item.triggeredBy !== 'automation') return null
  const { rule, ruleName, causationId, causationText } = item.metadata
  const named = [ruleName, rule].find((candidate) => typeof candidate === 'string')
  return {
    rule: typeof named === 'string' ? named : null,
    causeId: typeof causationId === 'string' ? causationId : null,
    because: typeof causationText === 'string' ? causationText : null,
  }
}
