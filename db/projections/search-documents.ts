import type { RecordedEvent } from '#core/events/event.ts'
import { shippedTypesWith } from '#core/events/shipped-facts.ts'
import type { Position } from '#core/values/ids.ts'

/** What is found of an event that brought text; both empty where nothing is. */
export type SearchText = { readonly title: string; readonly body: string }

/** Events that bring text of an issue or take it away, and those that do so of a comment. */
export const issueTextTypes = shippedTypesWith(({ searchText }) => searchText === 'issue')
export const commentTypes = shippedTypesWith(({ searchText }) => searchText === 'comment')
export const textTypes = [...issueTextTypes, ...commentTypes]

/** The text that an event brought; `undefined` for one of another type. */
export function searchTextOf(event: RecordedEvent): SearchText | undefined {
  const data = event.data as { title?: string; description?: string; to?: string; body?: string }
  switch (event.type) {
    case 'created':
      return { title: data.title ?? '', body: data.description ?? '' }
    case 'title_changed':
      return { title: data.to ?? '', body: '' }
    case 'description_changed':
      return { title: '', body: data.to ?? '' }
    case 'commented':
    case 'comment_edited':
      return { title: '', body: data.body ?? '' }
    default:
      return undefined
  }
}

/** The documents of an issue, by the positions of the events that brought them, from its text events in total order. */
export function documentsOf(inOrder: readonly RecordedEvent[]): Map<Position, SearchText> {
  type Source = { readonly position: Position; readonly text: string }
  let created = false
  let title: Source | undefined
  let description: Source | undefined
  const comments = new Map<string, Source | null>()
  for (const event of inOrder) {
    const { position } = event
    const text = event.waiting ? undefined : searchTextOf(event)
    const { commentId = '' } = event.data as { commentId?: string }
    if (text && event.type === 'created' && !created) {
      created = true
      title = { position, text: text.title }
      description = { position, text: text.body }
    } else if (text && event.type === 'title_changed') title = { position, text: text.title }
    else if (text && event.type === 'description_changed') description = { position, text: text.body }
    else if (text && (event.type === 'commented' ? !comments.has(commentId) : comments.get(commentId)))
      comments.set(commentId, { position, text: text.body })
    else if (event.type === 'comment_deleted' && !event.waiting && comments.has(commentId))
      comments.set(commentId, null)
  }
  const documents = new Map<Position, SearchText>()
  const add = (source: Source | undefined | null, field: keyof SearchText): void => {
    if (!source?.text) return
    documents.set(source.position, {
      ...(documents.get(source.position) ?? { title: '', body: '' }),
      [field]: source.text,
    })
  }
  add(title, 'title')
  add(description, 'body')
  for (const comment of comments.values()) add(comment, 'body')
  return documents
}
