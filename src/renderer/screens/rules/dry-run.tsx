import { LoaderCircle, OctagonPause } from 'lucide-react'
import { Link } from 'wouter'
import type { DryRunLine, DryRunView } from '#contract/answers/rule-answers.ts'
import { issuePath } from '../../lib/paths.ts'
import { Select } from '../../ui/controls/labelled.tsx'
import { useSlow } from '../../ui/page/view-state.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './dry-run.module.css'

const day = 86_400_000

/** How far back a rule can be tried, as days; all of the past as `all`. */
export const dryRunSpans = [
  { value: 'all', label: 'over the whole past' },
  { value: '90', label: 'over the last 90 days' },
  { value: '30', label: 'over the last 30 days' },
  { value: '7', label: 'over the last 7 days' },
] as const

/** The instant that a span begins with, in milliseconds; `undefined` for all. */
export const sinceOf = (span: string, now = Date.now()): number | undefined =>
  span === 'all' ? undefined : now - Number(span) * day

export function DryRunSpan({
  span,
  onChange,
}: {
  readonly span: string
  readonly onChange: (span: string) => void
}) {
  return (
    <span className={styles.span}>
      <Select aria-label="How far back" options={dryRunSpans} value={span} onChange={onChange} />
    </span>
  )
}

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`

/** What it comes to, in a sentence. */
export function dryRunSummary({ issues, runs, stopped, imported, looked }: DryRunView): string {
  const acted =
    runs === 0
      ? 'It would not have acted.'
      : `It would have acted on ${counted(issues, 'issue', 'issues')}${runs > issues ? `, ${counted(runs, 'time', 'times')} in all` : ''}.`
  return [
    acted,
    stopped > 0 ? `It would have been stopped ${counted(stopped, 'time', 'times')}.` : '',
    imported > 0
      ? `${counted(imported, 'occasion', 'occasions')} in imported history ${imported === 1 ? 'is' : 'are'} passed over.`
      : '',
    `${counted(looked, 'issue was', 'issues were')} looked through.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** What a rule would have done. Nothing was changed by finding out. */
export function DryRunResult({
  result,
  busy,
}: {
  readonly result: DryRunView | null
  readonly busy: boolean
}) {
  const slow = useSlow(busy)
  return (
    <section className={styles.result} aria-label="What it would have done" aria-busy={busy}>
      <p role="status" className={styles.summary}>
        {slow && <LoaderCircle className={styles.spin} size={14} strokeWidth={1.5} aria-hidden />}
        {slow ? 'Going over the past…' : result ? dryRunSummary(result) : ''}
      </p>
      {result && result.lines.length > 0 && (
        <ol className={styles.lines}>
          {result.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one answer never move
            <Line key={index} line={line} />
          ))}
        </ol>
      )}
      {result && result.runs + result.stopped > result.lines.length && (
        <p className={styles.more}>The first {result.lines.length.toLocaleString()} are shown.</p>
      )}
    </section>
  )
}

function Line({ line: { issue, at, because, does, stopped } }: { readonly line: DryRunLine }) {
  return (
    <li className={styles.line}>
      <div className={styles.head}>
        <Link href={issuePath(issue.key)} className={styles.issue}>
          <span className={styles.key}>{issue.key}</span> <bdi>{issue.title}</bdi>
        </Link>
        <RelativeTime at={at} />
      </div>
      {stopped ? (
        <p className={styles.stopped}>
          <OctagonPause size={14} strokeWidth={1.5} aria-hidden /> {stopped}
        </p>
      ) : (
        <p className={styles.does}>
          {does.join('; ')} <span className={styles.because}>because {because}</span>
        </p>
      )}
    </li>
  )
}
