import type { FeedItem } from '#contract/views.ts'

/** Which sign stands on the rail. */
export type SentenceIcon =
  | 'created'
  | 'status'
  | 'title'
  | 'description'
  | 'priority'
  | 'due'
  | 'assigned'
  | 'unassigned'
  | 'label'
  | 'project'
  | 'comment'
  | 'edit'
  | 'delete'
  | 'link'
  | 'unlink'
  | 'subscribed'
  | 'unsubscribed'
  | 'muted'
  | 'notified'
  | 'rule'
  | 'viewed'
  | 'archived'
  | 'restored'
  | 'field'
  | 'attached'
  | 'merge'
  | 'number'
  | 'workspace'
  | 'workflow'
  | 'member'
  | 'erased'
  | 'custom'

/** A piece of a sentence; the view decides how each kind looks, `partText` how it is read out. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** A value as people typed it. */
  | { readonly kind: 'value'; readonly text: string }
  /** Says nothing but that there is nothing: "none", "empty". */
  | { readonly kind: 'nothing'; readonly text: string }
  | { readonly kind: 'arrow' }
  | { readonly kind: 'status'; readonly id: string }
  | { readonly kind: 'priority'; readonly value: string }
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'colour'; readonly colour: string }
  | { readonly kind: 'person'; readonly id: string; readonly name: string }
  | { readonly kind: 'label'; readonly id: string; readonly name: string }
  | { readonly kind: 'issue'; readonly id: string; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly url: string | null }
  /** The issue it happened to: a link in feeds over many issues, `otherwise` on the issue's own page. */
  | { readonly kind: 'here'; readonly before: string; readonly otherwise: string }

/** What an event says after its actor's name: a past-tense verb first, then what changed. */
export type Sentence = {
  readonly icon: SentenceIcon
  readonly parts: readonly Part[]
  /** Why, in the actor's own words. */
  readonly reason: string | null
}

/** What a phrase for one type of event comes to. */
export type Phrase = {
  readonly icon: SentenceIcon
  readonly parts: readonly Part[]
  readonly reason?: string | undefined
}
// The pieces that phrases are put together from.
export const text = (words: string): Part => ({ kind: 'text', text: words })
export const value = (words: string): Part =>
  words === '' ? { kind: 'nothing', text: 'empty' } : { kind: 'value', text: words }
export const arrow: Part = { kind: 'arrow' }
export const here = (before = '', otherwise = ''): Part => ({ kind: 'here', before, otherwise })
export const status = (id: string): Part => ({ kind: 'status', id })
export const level = (of: string): Part => ({ kind: 'priority', value: of })
export const person = (item: FeedItem, id: string): Part => ({
  kind: 'person',
  id,
  name: item.names[id] ?? 'someone',
})
export const label = (item: FeedItem, id: string): Part => ({
  kind: 'label',
  id,
  name: item.names[id] ?? 'a label',
})
export const project = (item: FeedItem, id: string): Part => value(item.names[id] ?? 'a project')
export const issue = (item: FeedItem, id: string): Part => ({
  kind: 'issue',
  id,
  name: item.names[id] ?? 'another issue',
})
