import { Menu as Base } from '@base-ui/react/menu'
import {
  AtSign,
  Bell,
  Check,
  Clock3,
  GitMerge,
  type LucideIcon,
  Undo2,
  UserCheck,
  Workflow,
} from 'lucide-react'
import { memo } from 'react'
import type { NoticeReason, NoticeView } from '#contract/answers/inbox-answers.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { typeText } from '../../ui/conflicts/describe-conflict.ts'
import popup from '../../ui/controls/popup.module.css'
import { withKey } from '../../ui/key-hint.tsx'
import { exactTime, RelativeTime } from '../../ui/relative-time.tsx'
import { StatusRing } from '../../ui/status-ring.tsx'
import styles from './inbox-page.module.css'
import { snoozeTimes } from './snooze-times.ts'
import type { NoticeFilter } from './use-notices.ts'

const reasons: Record<NoticeReason, { readonly name: string; readonly icon: LucideIcon }> = {
  mentioned: { name: 'You were mentioned', icon: AtSign },
  assigned: { name: 'You are assigned', icon: UserCheck },
  subscribed: { name: 'You are subscribed', icon: Bell },
  rule: { name: 'A rule told you', icon: Workflow },
  superseded: { name: 'Your change had no effect', icon: GitMerge },
}

type Props = {
  readonly notice: NoticeView
  readonly show: NoticeFilter
  readonly selected: boolean
  readonly snoozing: boolean
  readonly onOpen: (notice: NoticeView) => void
  readonly onToggle: (id: number) => void
  readonly onSnoozing: (on: boolean) => void
  readonly onDone: () => void
  readonly onSnooze: (until: number, name: string) => void
}

/** One issue with what is new on it, or what took the effect from a change of something else. */
export const NoticeRow = memo(function NoticeRow(props: Props) {
  const { notice, show, selected, snoozing, onOpen, onToggle, onSnoozing, onDone, onSnooze } = props
  const { of, issue, latest, reason, state, events, snoozedUntil } = notice
  const { name, icon: Reason } = reasons[reason]
  const unread = state === 'unread'
  return (
    <div className={styles.notice} data-unread={unread} data-selected={selected}>
      <label className={styles.select}>
        <input
          type="checkbox"
          checked={selected}
          onChange={() => onToggle(notice.id)}
          aria-label={`Select ${of.name}`}
          tabIndex={-1}
        />
      </label>
      <button type="button" data-row className={styles.open} onClick={() => onOpen(notice)}>
        <span className={styles.dot} data-unread={unread} />
        <Avatar memberId={latest.actorId} size={24} />
        <span className={styles.words}>
          <span className={styles.first}>
            {issue && <StatusRing status={issue.status} named />}
            <span className={styles.key}>{issue?.key ?? typeText(notice)}</span>
            <span className={styles.title} dir="auto">
              {issue?.title ?? of.name}
            </span>
            {unread && <span className="visually-hidden">, unread</span>}
          </span>
          <span className={styles.second}>
            <span className={styles.reason} title={name}>
              <Reason size={14} strokeWidth={1.5} role="img" aria-label={name} />
            </span>
            <span className={styles.latest}>{latest.text}</span>
            {events > 1 && <span className={styles.more}>and {events - 1} more</span>}
          </span>
        </span>
        <span className={styles.time}>
          {snoozedUntil !== null && show === 'snoozed' ? (
            <span title={exactTime(snoozedUntil)}>until {exactTime(snoozedUntil).replace(/:\d\d$/, '')}</span>
          ) : (
            <RelativeTime at={latest.occurredAt} />
          )}
        </span>
      </button>
      <span className={styles.hands}>
        {show !== 'done' && (
          <Base.Root modal={false} open={snoozing} onOpenChange={onSnoozing}>
            <Base.Trigger
              render={
                <button
                  type="button"
                  className={styles.hand}
                  aria-label={`Snooze ${of.name}`}
                  title={withKey('Snooze', 'notice.snooze')}
                >
                  <Clock3 size={16} strokeWidth={1.5} aria-hidden />
                </button>
              }
            />
            {snoozing && (
              <Base.Portal>
                <Base.Positioner sideOffset={4} align="end" className={popup.positioner}>
                  <Base.Popup className={popup.popup}>
                    {snoozeTimes(Date.now()).map((time) => (
                      <Base.Item
                        key={time.name}
                        className={popup.item}
                        onClick={() => onSnooze(time.until, time.name)}
                      >
                        <span className={popup.itemText}>{time.name}</span>
                      </Base.Item>
                    ))}
                  </Base.Popup>
                </Base.Positioner>
              </Base.Portal>
            )}
          </Base.Root>
        )}
        <button
          type="button"
          className={styles.hand}
          aria-label={show === 'done' ? `Take ${of.name} back` : `Mark ${of.name} as done`}
          title={withKey(show === 'done' ? 'Take back' : 'Done', 'notice.done')}
          onClick={onDone}
        >
          {show === 'done' ? (
            <Undo2 size={16} strokeWidth={1.5} aria-hidden />
          ) : (
            <Check size={16} strokeWidth={1.5} aria-hidden />
          )}
        </button>
      </span>
    </div>
  )
})
