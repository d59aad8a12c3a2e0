import { useVirtualizer } from '@tanstack/react-virtual'
import { CheckCheck, Clock3, Inbox } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { NoticeView } from '#contract/answers/inbox-answers.ts'
import { navigate } from '../../lib/hash-location.ts'
import { conflictsPath, issuePath, rulePath } from '../../lib/paths.ts'
import { useRowFocus } from '../../lib/row-focus.ts'
import { runAction, useKeptKeys, useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { useScrollPlace } from '../../lib/use-scroll-position.ts'
import { keyWord } from '../../ui/key-hint.tsx'
import { ErrorState, useSlow, ViewState } from '../../ui/page/view-state.tsx'
import styles from './inbox-page.module.css'
import { NoticeRow } from './notice-row.tsx'
import { type NoticeFilter, useNoticeActs, useNotices } from './use-notices.ts'

const rowHeight = 57

const empty: Record<
  NoticeFilter,
  { readonly title: string; readonly text: string; readonly icon: typeof Inbox }
> = {
  inbox: {
    title: 'Nothing new',
    text: 'What others do on issues that you are subscribed to, assigned to or mentioned in comes here.',
    icon: Inbox,
  },
  snoozed: {
    title: 'Nothing is put off',
    text: `${keyWord('notice.snooze')} puts a notice off until later.`,
    icon: Clock3,
  },
  done: {
    title: 'Nothing is done yet',
    text: `${keyWord('notice.done')} takes a notice out of the inbox.`,
    icon: CheckCheck,
  },
}

/** Notices, the newest first, with a cursor and everything that the keys do to them. */
export function NoticeList({ show }: { readonly show: NoticeFilter }) {
  const { rows, state, error, hasMore, loadMore, retry } = useNotices(show)
  const acts = useNoticeActs(show)
  const slow = useSlow(state === 'loading')
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const [snoozing, setSnoozing] = useState<number | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const { scroller, margin } = useScrollPlace(list)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    scrollMargin: margin,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
    estimateSize: () => rowHeight,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) loadMore()
  })

  const { focusedIndex, go } = useRowFocus(list, virtual)
  // The keys work at once: the first notice takes the focus where nothing else has it.
  const filled = rows.length > 0
  useEffect(() => {
    const focused = document.activeElement
    if (filled && (focused === document.body || focused === document.getElementById('main'))) go(0)
  }, [filled, go])

  const move = (by: number) => () =>
    rows.length > 0 && go(Math.max(0, Math.min(rows.length - 1, focusedIndex() + by)))
  const targets = (): readonly NoticeView[] => {
    const chosen = rows.filter(({ id }) => selected.has(id))
    const at = rows[focusedIndex()]
    return chosen.length > 0 ? chosen : at ? [at] : []
  }
  /** After notices left the list, the cursor stays where it was. */
  const leave = async (work: (notices: readonly NoticeView[]) => Promise<void>) => {
    const index = focusedIndex()
    const notices = targets()
    if (notices.length === 0) return
    setSelected(new Set())
    const left = rows.length - notices.length
    await work(notices)
    if (left > 0) go(Math.max(0, Math.min(index, left - 1)))
    else document.getElementById('main')?.focus()
  }
  const { mark } = acts
  const open = useCallback(
    (notice: NoticeView) => {
      const { issue, of, reason, latest } = notice
      if (!issue) {
        // No page of it is opened that would count as reading.
        if (notice.state === 'unread') void mark([notice], 'read')
        return navigate(
          of.type === 'rule' && reason === 'rule'
            ? rulePath(of.id)
            : conflictsPath({ eventId: latest.eventId }),
        )
      }
      // What lost is shown beside what stands; the issue alone shows only that.
      navigate(reason === 'superseded' ? conflictsPath({ issueId: issue.id }) : issuePath(issue.key))
    },
    [mark],
  )
  const toggle = useCallback((id: number) => {
    setSelected((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const toggleRead = () => {
    const notices = targets()
    if (notices.length === 0) return
    const unread = notices.some((notice) => notice.state === 'unread')
    void acts.mark(notices, unread ? 'read' : 'unread')
  }
  const unread = useMemo(() => rows.filter((notice) => notice.state === 'unread'), [rows])
  useKeptKeys(state === 'loading')
  useViewActions('inbox', {
    'list.next': move(1),
    'list.previous': move(-1),
    'list.first': () => rows.length > 0 && go(0),
    'list.last': () => rows.length > 0 && go(rows.length - 1),
    'list.open': () => {
      const at = rows[focusedIndex()]
      if (at) open(at)
    },
    'list.select': () => {
      const at = rows[focusedIndex()]
      if (at) toggle(at.id)
    },
    'list.back': selected.size > 0 ? () => setSelected(new Set()) : undefined,
    'notice.read': toggleRead,
    'notice.done': () =>
      void leave(
        show === 'done' ? (notices) => acts.mark(notices, 'inbox') : (notices) => acts.done(notices),
      ),
    'notice.snooze': () => {
      const at = focusedIndex()
      if (show !== 'done' && at >= 0) setSnoozing(rows[at]?.id ?? null)
    },
    'notice.read-all': unread.length > 0 ? () => void acts.mark(unread, 'read') : undefined,
  })

  const { title, text, icon: Icon } = empty[show]
  return (
    <div aria-busy={state === 'loading'}>
      {state === 'failed' && <ErrorState what="The inbox could not be read" error={error} onRetry={retry} />}
      {state === 'loading' && slow && <p className={styles.waiting}>Looking…</p>}
      {state === 'ready' && !filled && (
        <ViewState icon={<Icon size={28} strokeWidth={1.25} aria-hidden />} title={title}>
          {text}
        </ViewState>
      )}
      <ul ref={list} className={styles.list} style={{ height: virtual.getTotalSize() }} aria-label="Notices">
        {items.map((item) => {
          const notice = rows[item.index]
          return notice ? (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
              className={styles.item}
              style={{ transform: `translateY(${item.start - margin}px)` }}
            >
              <NoticeRow
                notice={notice}
                show={show}
                selected={selected.has(notice.id)}
                snoozing={snoozing === notice.id}
                onOpen={open}
                onToggle={toggle}
                onSnoozing={(on) => setSnoozing(on ? notice.id : null)}
                onDone={() => {
                  go(item.index)
                  runAction('notice.done')
                }}
                onSnooze={(until, name) => {
                  setSnoozing(null)
                  const chosen = rows.filter(({ id }) => selected.has(id))
                  setSelected(new Set())
                  void acts.snooze(chosen.length > 0 ? chosen : [notice], until, name)
                }}
              />
            </li>
          ) : null
        })}
      </ul>
    </div>
  )
}
