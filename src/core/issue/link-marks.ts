import type { Conflict } from '../conflicts/conflict.ts'
import type { RecordedEvent } from '../events/event.ts'
import { totalOrder } from '../events/event-order.ts'
import type { LinkKind } from './link-kinds.ts'

/** Kinds of links that may not lead back to where they began. */
export const withoutCircles: ReadonlySet<LinkKind> = new Set(['parent', 'blocks', 'duplicates'])

/** A link that stands, and the event that set it. */
export type SetLink = {
  readonly source: string
  readonly kind: LinkKind
  readonly target: string
  readonly by: Pick<RecordedEvent, 'id' | 'hlc' | 'replicaId' | 'replicaSeq'>
  /** Another tracker's, which is believed: it may give an issue several parents. */
  readonly imported: boolean
}

/** A link that has no effect, and the one before it that is why. */
export type LinkMark = {
  readonly link: SetLink
  readonly stands: SetLink
  /** The issues of the circle that it would close, from its source back to it; `null` for a second parent. */
  readonly circle: readonly string[] | null
}

/** The way from one issue to another along links that have an effect; `undefined` where there is none. */
export function wayAlong<Link extends { readonly target: string }>(
  from: string,
  to: string,
  linksOf: (source: string) => Iterable<Link>,
): readonly (Link & { readonly source: string })[] | undefined {
  const cameBy = new Map<string, Link & { readonly source: string }>()
  const queue = [from]
  const seen = new Set(queue)
  for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
    if (source === to) {
      const way: (Link & { readonly source: string })[] = []
      for (let at = to; at !== from; ) {
        const link = cameBy.get(at) as Link & { readonly source: string }
        way.unshift(link)
        at = link.source
      }
      return way
    }
    for (const link of linksOf(source)) {
      if (seen.has(link.target)) continue
      seen.add(link.target)
      cameBy.set(link.target, { ...link, source })
      queue.push(link.target)
    }
  }
  return undefined
}

/**
 * Which links have no effect, from all that are set: taken in total order, one that closes a circle of those before it, and a parent of an
 * issue that has one already. What no stream shows by itself: two replicas may have made half of it each. The same whatever order they are given in.
 */
export function markLinks(links: readonly SetLink[]): readonly LinkMark[] {
  const marks: LinkMark[] = []
  const effective = new Map<string, SetLink[]>()
  const of = (source: string, kind: LinkKind) => effective.get(`${kind} ${source}`) ?? []
  for (const link of links.toSorted((a, b) => totalOrder(a.by as never, b.by as never))) {
    const { source, kind, target, imported } = link
    if (!withoutCircles.has(kind)) continue
    const siblings = of(source, kind)
    const first = kind === 'parent' && !imported ? siblings[0] : undefined
    if (first) {
      marks.push({ link, stands: first, circle: null })
      continue
    }
    const way = wayAlong(target, source, (from) => of(from, kind))
    if (way) {
      const circle = [source, target, ...way.map((step) => step.target)]
      marks.push({ link, stands: way.at(-1) ?? link, circle })
    } else effective.set(`${kind} ${source}`, [...siblings, link])
  }
  return marks
}

/** The conflict that a mark is, whoever made the link: it waits for somebody to say which of them goes. */
export function linkConflict({ link, stands }: LinkMark): Conflict {
  const [lost, won] = [link.by.id, stands.by.id]
  return { id: `link ${lost} ${won}`, field: 'link', lost, won }
}
