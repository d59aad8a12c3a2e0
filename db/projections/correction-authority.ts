import { and, asc, eq, sql } from 'drizzle-orm'
import type { RecordedEvent } from '#core/events/event.ts'
import { type EventOrder, inTotalOrder, orderOf, totalOrder } from '#core/events/event-order.ts'
import { ownersNoted } from '#core/time/time-events.ts'
import type { Chain, ChainStore } from '../log/rows/chain-store.ts'
import type { CorrectionAuthority } from '../log/rows/correction-effects.ts'
import { historySetting } from '../log/rows/directory-settings.ts'
import { held, originOf, origins } from '../log/rows/event-columns.ts'
import type { EventRow } from '../log/rows/event-rows.ts'
import type { StreamIds } from '../log/rows/stream-ids.ts'
import { events, settings } from '../schema.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'

type Reign = { readonly from: EventOrder | null; readonly owners: readonly string[] }

const p = sql.placeholder

/** Chains that go on from this one; a copy that was put back has the shared beginning under the fork's name. */
export const forksOf = (chain: Chain, all: readonly Chain[]): Chain[] =>
  all.filter(({ forkOf }) => forkOf?.id === chain.id)

export function correctionAuthority(
  { orm }: WriteDatabase,
  {
    streamIds,
    book,
    toEvent,
  }: {
    readonly streamIds: StreamIds
    readonly book: ChainStore
    readonly toEvent: (row: EventRow) => RecordedEvent
  },
): CorrectionAuthority {
  // By hand, for a workspace's first import may be all that its chain has, and whoever that names was not here.
  const firstByHand = orm
    .select({ actor: events.actorId })
    .from(events)
    .where(
      and(
        eq(events.chainId, p('chain')),
        sql`${events.origin} % ${held} <> ${origins.imported}`,
        sql`(metadata IS NULL OR json_extract(metadata, '$.triggeredBy') = 'manual')`,
      ),
    )
    .orderBy(asc(events.position))
    .limit(1)
    .prepare()
  const setting = orm
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.name, p('name')))
    .prepare()
  const ofType = orm
    .select()
    .from(events)
    .where(and(eq(events.streamId, p('stream')), eq(events.typeId, p('type'))))
    .prepare()

  const members = new Map<string, string>()
  function memberOf(key: string): string | undefined {
    const known = members.get(key)
    if (known) return known
    const all = book.all()
    let chain = all.find((each) => each.key === key)
    for (let trunk = chain; trunk?.forkOf; ) {
      trunk = all.find((each) => each.id === trunk?.forkOf?.id)
      chain = trunk ?? chain
    }
    if (!chain) return undefined
    const found =
      firstByHand.get({ chain: chain.id }) ??
      forksOf(chain, all)
        .map((fork) => firstByHand.get({ chain: fork.id }))
        .find((row) => row !== undefined)
    if (!found) return undefined
    const member = streamIds.stream(found.actor).uuid
    members.set(key, member)
    return member
  }

  /** Who were the owners from where on: at first whoever made the workspace, then whom an owner of then says. */
  function reigns(): readonly Reign[] {
    const id =
      setting.get({ name: historySetting })?.value ?? setting.get({ name: 'local.workspace_id' })?.value
    const stream = id === undefined ? undefined : streamIds.find(id, 'workspace')
    if (!stream) return []
    const made = ofType.all({ stream: stream.id, type: streamIds.typeId('workspace_created') })
    const founder = inTotalOrder(made.map(toEvent))[0]?.actorId
    if (founder === undefined) return []
    const found: Reign[] = [{ from: null, owners: [founder] }]
    // What an import brings along was said of another team, or by nobody.
    const notes = ofType
      .all({ stream: stream.id, type: streamIds.typeId(ownersNoted.name) })
      .filter((row) => row.copy === 0 && originOf(row.origin) !== origins.imported)
    for (const event of inTotalOrder(notes.map(toEvent))) {
      if (event.waiting || !found.at(-1)?.owners.includes(event.actorId)) continue
      found.push({ from: orderOf(event), owners: (event.data as { owners: string[] }).owners })
    }
    return found
  }

  return {
    memberOf,
    owners: () => reigns().at(-1)?.owners ?? [],
    ownersThen() {
      const all = reigns()
      return (member, at) =>
        all.findLast(({ from }) => from === null || totalOrder(from, at) < 0)?.owners.includes(member) ===
        true
    },
  }
}
