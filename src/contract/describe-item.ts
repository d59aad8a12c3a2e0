import { type Description, describeEvent } from '#core/describe/describe-event.ts'
import type { FeedItem } from './answers/answers.ts'

/** What an issue is called in `FeedItem.names`, `KEY title`, taken apart. */
function issueName(
  called: string | undefined,
): { readonly key: string; readonly title: string | null } | undefined {
  if (called === undefined) return undefined
  const space = called.indexOf(' ')
  return space === -1
    ? { key: called, title: null }
    : { key: called.slice(0, space), title: called.slice(space + 1) }
}

/** Says what the event of a feed did. @param actorName whom the view names before it. @param statusName what a state of the workflow is called. */
export function describeItem(
  item: FeedItem,
  actorName: string,
  statusName: (id: string) => string | undefined,
): Description {
  const named = (id: string): string | undefined => item.names[id]
  return describeEvent(item, {
    actor: { id: item.actorId, name: actorName },
    entity: (_, id) => named(id),
    issue: (id) => issueName(named(id)),
    status: statusName,
    sentence: () => item.sentence,
  })
}
