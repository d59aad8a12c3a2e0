import { useVirtualizer } from '@tanstack/react-virtual'
import { Send } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { deliveriesPath } from '../../lib/paths.ts'
import { useRowFocus } from '../../lib/row-focus.ts'
import { useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useScrollPlace } from '../../lib/use-scroll-position.ts'
import { Button } from '../../ui/controls/button.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import styles from './delivery-log.module.css'
import { DeliveryRow } from './delivery-row.tsx'
import { type DeliveryFilter, standName } from './delivery-words.ts'
import { useDeadLetters } from './use-dead-letters.ts'
import { useDeliveryPages } from './use-delivery-pages.ts'

const rowHeight = 37

type Props = {
  readonly inboxes: readonly InboxView[]
  readonly inbox: string | undefined
  readonly state: DeliveryFilter | undefined
}

/** Deliveries, newest first, loading more as one scrolls. */
export function DeliveryLog({ inboxes, inbox, state }: Props) {
  const { rows, state: loaded, error, hasMore, loadMore, retry } = useDeliveryPages(inbox, state)
  const act = useDeadLetters()
  const slow = useSlow(loaded === 'loading')
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const toggle = useCallback((id: number) => {
    setOpen((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const onDo = useCallback((what: 'replay' | 'discard', id: number) => void act(what, { ids: [id] }), [act])
  const list = useRef<HTMLUListElement>(null)
  const { scroller, margin } = useScrollPlace(list)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    scrollMargin: margin,
    scrollPaddingStart: 48,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
    estimateSize: () => rowHeight,
    // Deep in the log, what arrives at the top must not move what is being read.
    anchorTo: scroller && scroller.scrollTop > margin ? 'end' : 'start',
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) loadMore()
  })

  const { focusedIndex, go: goTo } = useRowFocus(list, virtual)
  const go = (index: number) => goTo(Math.max(0, Math.min(rows.length - 1, index)))
  const withDead = (what: 'replay' | 'discard') => () => {
    const row = rows[focusedIndex()]
    if (row?.state === 'dead') onDo(what, row.id)
  }
  useKeptKeys(loaded === 'loading')
  useViewActions('deliveries', {
    'list.next': () => go(focusedIndex() + 1),
    'list.previous': () => go(focusedIndex() - 1),
    'list.first': () => go(0),
    'list.last': () => go(rows.length - 1),
    'delivery.replay': withDead('replay'),
    'delivery.discard': withDead('discard'),
  })

  const titleOf = (name: string) => inboxes.find((each) => each.name === name)?.title ?? name
  const everything = inbox === undefined && state === undefined
  return (
    <section aria-label="Log" aria-busy={loaded === 'loading'}>
      {loaded === 'failed' && <ErrorState what="The log could not be read" error={error} onRetry={retry} />}
      {loaded === 'loading' && slow && <p className={styles.waiting}>Looking…</p>}
      {loaded === 'ready' && rows.length === 0 && (
        <ViewState
          icon={<Send size={28} strokeWidth={1.25} aria-hidden />}
          title={
            everything
              ? 'Nothing was delivered yet'
              : state === undefined
                ? `Nothing of ${titleOf(inbox ?? '')} yet`
                : `Nothing is ${standName(state).toLowerCase()}`
          }
          actions={
            everything ? null : <Button onClick={() => navigate(deliveriesPath)}>Show all deliveries</Button>
          }
        >
          {everything
            ? 'What the inboxes send, and what becomes of it, is listed here.'
            : state === 'dead'
              ? 'What could not be delivered after every attempt comes here.'
              : null}
        </ViewState>
      )}
      <ul ref={list} className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const delivery = rows[item.index]
          return delivery ? (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
              className={styles.row}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <DeliveryRow
                delivery={delivery}
                inbox={titleOf(delivery.inbox)}
                open={open.has(delivery.id)}
                onToggle={toggle}
                onDo={onDo}
              />
            </li>
          ) : null
        })}
      </ul>
    </section>
  )
}
