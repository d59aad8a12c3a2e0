import { useVirtualizer } from '@tanstack/react-virtual'
import { GitMerge } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { navigate } from '../../lib/hash-location.ts'
import { useRowFocus } from '../../lib/row-focus.ts'
import { useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useScrollPlace } from '../../lib/use-scroll-position.ts'
import { ConflictCard } from '../../ui/conflicts/conflict-card.tsx'
import { conflictedPath } from '../../ui/conflicts/conflicted-path.ts'
import { conflictFieldText } from '../../ui/conflicts/describe-conflict.ts'
import { type ConflictAct, useConflictActs } from '../../ui/conflicts/use-conflict-acts.ts'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import styles from './conflicts-page.module.css'
import { type ConflictShow, useConflictPages } from './use-conflict-pages.ts'

const cardHeight = 148

type Props = {
  readonly show: ConflictShow
  readonly issueId: string | undefined
  /** The one that this event is a side of is where one begins. */
  readonly eventId: string | undefined
}

/** Conflicts, the newest first, with a cursor and everything that the keys do to them. */
export function ConflictList({ show, issueId, eventId }: Props) {
  const { rows, state, error, hasMore, loadMore, retry } = useConflictPages(show, issueId)
  const acts = useConflictActs()
  const slow = useSlow(state === 'loading')
  const list = useRef<HTMLUListElement>(null)
  const { scroller, margin } = useScrollPlace(list)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    scrollMargin: margin,
    overscan: 4,
    getItemKey: (index) => rows[index]?.id ?? index,
    estimateSize: () => cardHeight,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - 10) loadMore()
  })

  const { focusedIndex, go } = useRowFocus(list, virtual)
  const wanted =
    eventId === undefined
      ? -1
      : rows.findIndex(({ lost, won }) => [lost.eventId, won.eventId].includes(eventId))
  const filled = rows.length > 0
  // The keys work at once: the first takes the focus where nothing else has it, or the one that was asked for.
  useEffect(() => {
    if (wanted >= 0) return go(wanted)
    const focused = document.activeElement
    if (filled && (focused === document.body || focused === document.getElementById('main'))) go(0)
  }, [filled, wanted, go])

  const move = (by: number) => () => filled && go(Math.max(0, Math.min(rows.length - 1, focusedIndex() + by)))
  const decide = (what: ConflictAct) => async () => {
    const index = focusedIndex()
    const at = rows[index]
    if (!at || !acts.may || acts.busy.has(at.id)) return
    if (what === 'flip' ? at.settled?.how === 'flipped' : at.settled !== null) return
    const done = await acts.act(what, at)
    // What is decided leaves the list of what waits: the cursor stays where it was.
    if (!done || show !== 'open') return
    if (rows.length > 1) go(Math.min(index, rows.length - 2))
    else document.getElementById('main')?.focus()
  }
  useKeptKeys(state === 'loading')
  useViewActions('conflicts', {
    'list.next': move(1),
    'list.previous': move(-1),
    'list.first': () => filled && go(0),
    'list.last': () => filled && go(rows.length - 1),
    'list.open': () => {
      const at = rows[focusedIndex()]
      if (at) navigate(conflictedPath(at))
    },
    'conflict.flip': () => void decide('flip')(),
    'conflict.dismiss': () => void decide('dismiss')(),
  })

  return (
    <div aria-busy={state === 'loading'}>
      {state === 'failed' && (
        <ErrorState what="The conflicts could not be read" error={error} onRetry={retry} />
      )}
      {state === 'loading' && slow && <p className={styles.waiting}>Looking…</p>}
      {state === 'ready' && !filled && <Nothing show={show} />}
      <ul
        ref={list}
        className={styles.list}
        style={{ height: virtual.getTotalSize() }}
        aria-label="Conflicts"
      >
        {items.map((item) => {
          const conflict = rows[item.index]
          return conflict ? (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
              className={styles.item}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <article
                data-row
                // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that decide work on the card that has the focus
                tabIndex={0}
                className={styles.card}
                aria-label={`${conflictFieldText(conflict)} of ${conflict.of.name}`}
              >
                <ConflictCard conflict={conflict} acts={acts} keyed />
              </article>
            </li>
          ) : null
        })}
      </ul>
    </div>
  )
}

function Nothing({ show }: { readonly show: ConflictShow }) {
  const icon = <GitMerge size={28} strokeWidth={1.25} aria-hidden />
  if (show === 'settled')
    return (
      <ViewState icon={icon} title="Nothing is settled yet">
        What somebody has decided about a conflict is listed here.
      </ViewState>
    )
  return (
    <ViewState icon={icon} title={show === 'open' ? 'No conflicts' : 'No conflict on this issue'}>
      Where two people change the same while apart, one change stands and the other comes here. It is kept for
      ever, and can be used instead at any time.
    </ViewState>
  )
}
