import { Progress } from '@base-ui/react/progress'
import { CircleCheck, CircleX, OctagonPause } from 'lucide-react'
import { useState } from 'react'
import type { JobView } from '#contract/answers/answers.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { Button } from '../../ui/controls/button.tsx'
import { DialogActions, DialogBody } from '../../ui/controls/dialog.tsx'
import { exactTime } from '../../ui/relative-time.tsx'
import styles from './jobs.module.css'
import { saveOf } from './save-export.ts'

const amount = (value: number, unit: string): string =>
  unit === 'bytes'
    ? `${(value / 1_048_576).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`
    : `${value.toLocaleString()} ${unit}`

type Props = { readonly job: JobView; readonly onClose: () => void; readonly onAgain: () => void }

/** How far a job is, and what came of it. */
export function JobProgress({ job, onClose, onAgain }: Props) {
  const { done, total, unit } = job.progress
  const [error, setError] = useState<string | null>(null)
  const running = job.state === 'running'
  const cancel = () =>
    callHost('jobs.cancel', { id: job.id }).catch((failure: unknown) => setError(sentenceOf(failure)))
  const save = () => saveOf(job.id).catch((failure: unknown) => setError(sentenceOf(failure)))
  return (
    <>
      <DialogBody>
        <Progress.Root
          value={running ? (total > 0 ? Math.min(done, total) : null) : 1}
          max={running ? Math.max(1, total) : 1}
          className={styles.progress}
        >
          <div className={styles.progressHead}>
            <Progress.Label className={styles.progressLabel}>
              {job.state === 'done' && (
                <CircleCheck size={16} strokeWidth={1.5} className={styles.good} aria-hidden />
              )}
              {job.state === 'failed' && (
                <CircleX size={16} strokeWidth={1.5} className={styles.bad} aria-hidden />
              )}
              {job.state === 'cancelled' && <OctagonPause size={16} strokeWidth={1.5} aria-hidden />}
              {job.title}
            </Progress.Label>
            <span className={styles.amount}>
              {running &&
                (total > 0 ? `${amount(done, unit)} of ${amount(total, unit)}` : amount(done, unit))}
            </span>
          </div>
          {running && (
            <Progress.Track className={styles.track}>
              <Progress.Indicator className={styles.indicator} />
            </Progress.Track>
          )}
        </Progress.Root>
        {job.state === 'cancelled' && (
          <p className={styles.text}>Cancelled. What was finished before stays.</p>
        )}
        {(job.error || error) && (
          <p className={styles.error} role="alert">
            {job.error?.message ?? error}
          </p>
        )}
        {job.result && <JobResult result={job.result} />}
        {running && <p className={styles.text}>You can close this and go on working; it runs on.</p>}
      </DialogBody>
      <DialogActions>
        {running ? (
          <>
            <Button onClick={() => void cancel()}>Cancel</Button>
            <Button variant="primary" onClick={onClose}>
              Go on working
            </Button>
          </>
        ) : (
          <>
            <span className={styles.ended}>{job.endedAt === null ? '' : exactTime(job.endedAt)}</span>
            {job.downloads && (
              <Button variant="quiet" onClick={() => void save()}>
                {job.kind === 'import' ? 'Save the list of problems…' : 'Download again'}
              </Button>
            )}
            <Button variant="quiet" onClick={onAgain}>
              Again…
            </Button>
            <Button variant="primary" onClick={onClose}>
              Close
            </Button>
          </>
        )}
      </DialogActions>
    </>
  )
}

const words = (name: string): string => {
  const spaced = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

const plain = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString()
    : typeof value === 'boolean'
      ? value
        ? 'yes'
        : 'no'
      : value === null
        ? 'none'
        : String(value)

/** One line of a file that was not taken. */
type Problem = {
  readonly line?: unknown
  readonly where?: unknown
  readonly reason?: unknown
  readonly message?: unknown
}
const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null

/** Whatever a job reports: numbers and texts by name, and what was refused, line by line. */
function JobResult({ result }: { readonly result: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(result)
  const facts = entries.filter(([, value]) => typeof value !== 'object' || value === null)
  const lists = entries.flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0
      ? [[name, value.filter(isProblem), value.filter((each) => !isProblem(each))] as const]
      : [],
  )
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={styles.fact}>
            <dt>{words(name)}</dt>
            <dd>{plain(value)}</dd>
          </div>
        ))}
      </dl>
      {lists.map(([name, problems, texts]) => (
        <section key={name} className={styles.problems} aria-label={words(name)}>
          <h3 className={styles.legend}>
            {words(name)} ({(problems.length + texts.length).toLocaleString()})
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
          <ul className={styles.problemList} tabIndex={0} aria-label={words(name)}>
            {problems.slice(0, 200).map((problem, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a finished report never changes
              <li key={at}>
                <span className={styles.line}>
                  {problem.line === undefined ? plain(problem.where ?? '') : `Line ${plain(problem.line)}`}
                </span>
                {plain(problem.reason ?? problem.message ?? JSON.stringify(problem))}
              </li>
            ))}
            {texts.slice(0, 200).map((text) => (
              <li key={String(text)}>{String(text)}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}
