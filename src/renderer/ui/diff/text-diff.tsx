import { ChevronRight } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { FeedItem } from '#contract/answers/answers.ts'
import { changedLines } from './changed-lines.ts'
import styles from './text-diff.module.css'

const mostLines = 400
const unchanged = (lines: number): string => (lines === 1 ? '1 unchanged line' : `${lines} unchanged lines`)

/** The description that an event set, or `undefined` where it set none. */
function descriptionOf(item: FeedItem | undefined): string | undefined {
  if (!item || item.erased) return undefined
  const text =
    item.type === 'description_changed'
      ? item.data.to
      : item.type === 'created'
        ? (item.data.description ?? '')
        : undefined
  return typeof text === 'string' ? text : undefined
}

function Side({
  name,
  sign,
  lines,
}: {
  readonly name: string
  readonly sign: '+' | '−'
  readonly lines: readonly string[]
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must reach too
    <section className={styles.side} data-sign={sign} aria-label={name} tabIndex={0}>
      {lines.length === 0 && <div className={styles.none}>no lines here</div>}
      {lines.slice(0, mostLines).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a recorded text never move
        <div key={index} className={styles.row}>
          <span aria-hidden>{sign}</span>
          <span dir="auto">{line}</span>
        </div>
      ))}
      {lines.length > mostLines && (
        <div className={styles.none}>and {lines.length - mostLines} more lines</div>
      )}
    </section>
  )
}

type Props = {
  /** A `description_changed` event. */
  readonly item: FeedItem
  /** An event among those loaded; the one that this replaced may not be. */
  readonly find: (eventId: string) => FeedItem | undefined
}

/** What an edit of the description changed, side by side; the new text alone where the one before is not at hand. */
export function TextDiff({ item, find }: Props) {
  const [open, setOpen] = useState(false)
  const to = descriptionOf(item) ?? ''
  const { replaces } = item.data
  const from = typeof replaces === 'string' ? descriptionOf(find(replaces)) : ''
  const change = useMemo(() => (open ? changedLines(from ?? '', to) : null), [open, from, to])
  if (to === '' && !from) return null
  return (
    <div className={styles.diff}>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={12} strokeWidth={2} aria-hidden />
        {from === undefined || from === '' ? 'Show the text' : 'Show what changed'}
      </button>
      {change && (
        <div className={styles.panel}>
          {change.above > 0 && from !== '' && <p className={styles.same}>{unchanged(change.above)} above</p>}
          <div className={styles.sides}>
            {from !== undefined && from !== '' && <Side name="Before" sign="−" lines={change.before} />}
            <Side name="After" sign="+" lines={from === undefined ? to.split('\n') : change.after} />
          </div>
          {change.below > 0 && from !== '' && <p className={styles.same}>{unchanged(change.below)} below</p>}
        </div>
      )}
    </div>
  )
}
