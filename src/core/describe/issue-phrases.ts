import type { IssueChange, LinkKind } from '../issue/issue-events.ts'
import { fieldPhrases } from './field-phrases.ts'
import { changePart, here, name, type Part, text, value, was } from './parts.ts'
import type { Phrase, PhraseContext, Phrases, Tail } from './phrase.ts'
import { plainValue } from './plain-value.ts'

const linkWords: Readonly<Record<LinkKind, { before: string; after: string; gone: string }>> = {
  blocks: { before: 'marked', after: 'as blocking', gone: 'no longer blocking' },
  relates_to: { before: 'related', after: 'to', gone: 'no longer related to' },
  duplicates: { before: 'marked', after: 'as a duplicate of', gone: 'no longer a duplicate of' },
  parent: { before: 'put', after: 'under', gone: 'no longer under' },
}

/** Of a field's value in a sentence no more is said than this, in characters. */
const longestValue = 500

function fieldChange(field: string, from: unknown, to: unknown): readonly Part[] {
  const [before, after] = [plainValue(from, longestValue), plainValue(to, longestValue)]
  const former = before === '' ? null : value(before)
  if (after === '') return [text('cleared'), name(field), here('of'), ...(former ? [was(former)] : [])]
  return [text('set'), name(field), here('of'), changePart(former, value(after))]
}

function descriptionWords(isFirst: boolean, to: string): string {
  if (to === '') return 'cleared the description'
  return isFirst ? 'wrote the description' : 'edited the description'
}

const said = (kind: Tail['kind'], words: string | undefined): Tail | undefined =>
  words ? { kind, text: words } : undefined

const whole = (verb: string): Phrase => ({ parts: [text(verb), here('', 'this issue')] })

/** Says what happened to an issue; `field-phrases.ts` what of its fields. */
export const issuePhrases: Phrases<IssueChange> = {
  ...fieldPhrases,
  created: ({ title, description }) => ({
    ...whole('created'),
    tail: said('title', title),
    written: description,
  }),
  description_changed: ({ replaces, to }) => ({
    parts: [text(descriptionWords(replaces === undefined, to)), here('of')],
    tail: said('text', to),
    written: to,
  }),
  assigned: ({ memberId }, { isActor, entity }) =>
    isActor(memberId)
      ? whole('took')
      : { parts: [text('assigned'), here('', 'this'), text('to'), entity('member', memberId)] },
  unassigned: ({ memberId }, { isActor, entity }) =>
    isActor(memberId)
      ? whole('gave up')
      : { parts: [text('took'), here('', 'this'), text('from'), entity('member', memberId)] },
  labeled: ({ labelId }, { entity }) => ({
    parts: [text('added the label'), entity('label', labelId), here('to')],
  }),
  unlabeled: ({ labelId }, { entity }) => ({
    parts: [text('removed the label'), entity('label', labelId), here('from')],
  }),
  commented: ({ body }) => ({
    parts: [text('commented'), here('on')],
    tail: said('text', body),
    written: body,
  }),
  comment_edited: ({ body }) => ({
    parts: [text('edited a comment'), here('on')],
    tail: said('text', body),
    written: body,
  }),
  comment_deleted: () => ({ parts: [text('deleted a comment'), here('on')] }),
  status_changed: ({ from, to, reason }, { status }) => ({
    parts: [text('moved'), here(), changePart(status(from), status(to))],
    tail: said('reason', reason),
  }),
  linked: ({ kind, target }, { issue }) => ({
    parts: [text(linkWords[kind].before), here('', 'this'), text(linkWords[kind].after), issue(target)],
  }),
  unlinked: ({ kind, target }, { issue }) => ({
    parts: [text('marked'), here('', 'this'), text(`as ${linkWords[kind].gone}`), issue(target)],
  }),
  subscribed: ({ memberId }, { isActor, entity }) => ({
    parts: [text('subscribed'), ...(isActor(memberId) ? [] : [entity('member', memberId)]), here('to')],
  }),
  unsubscribed: ({ memberId }, { isActor, entity }) => ({
    parts: [text('unsubscribed'), ...(isActor(memberId) ? [] : [entity('member', memberId)]), here('from')],
  }),
  muted: ({ memberId }, context) => forSomebody('muted', memberId, context),
  unmuted: ({ memberId }, context) => forSomebody('unmuted', memberId, context),
  notified: ({ memberId, text: words }, { entity }) => ({
    parts: [text('notified'), entity('member', memberId), here('about')],
    tail: said('reason', words),
  }),
  viewed: () => whole('viewed'),
  archived: () => whole('archived'),
  restored: () => whole('restored'),
  field_changed: ({ field, from, to }) => ({ parts: fieldChange(field, from, to) }),
  attached: ({ name: file, url }) => ({
    parts: [text('attached'), { kind: 'file', name: file, url: url ?? null }, here('to')],
  }),
  numbered: ({ number }) => ({
    parts: [text('gave'), here('', 'this issue'), text('the number'), value(String(number))],
  }),
  conflict_settled: ({ how }, { streamType }) => {
    const of = streamType === 'issue' ? here('of') : text(`of a ${streamType}`)
    return {
      parts:
        how === 'flipped'
          ? [text('made a change'), of, text('again that had no effect')]
          : [text('left a change'), of, text('without effect')],
    }
  },
}

function forSomebody(verb: string, memberId: string, { isActor, entity }: PhraseContext): Phrase {
  const { parts } = whole(verb)
  return isActor(memberId) ? { parts } : { parts: [...parts, text('for'), entity('member', memberId)] }
}
