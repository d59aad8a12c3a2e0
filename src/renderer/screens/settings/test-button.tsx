import { CircleCheck, LoaderCircle, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { Button } from '../../ui/controls/button.tsx'
import { useSlow } from '../../ui/page/view-state.tsx'
import styles from './test-button.module.css'

type Props = {
  readonly inbox: string
  /** One of several that the inbox sends to. */
  readonly target?: string
  /** What is tested, for those who don't see what the button stands beside. */
  readonly of: string
  /** What is tested is what is saved: anything entered is saved first. */
  readonly unsaved: boolean
  readonly onSave: () => Promise<boolean>
}

/** Has the inbox send something harmless, and says how it went. */
export function TestButton({ inbox, target, of, unsaved, onSave }: Props) {
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ readonly ok: boolean; readonly detail: string } | null>(null)
  const slow = useSlow(busy)
  const run = async () => {
    setBusy(true)
    setAnswer(null)
    if (!unsaved || (await onSave())) {
      try {
        setAnswer(
          await callHost('inboxes.test', { name: inbox, ...(target === undefined ? {} : { target }) }),
        )
      } catch (error) {
        setAnswer({ ok: false, detail: sentenceOf(error) })
      }
    }
    setBusy(false)
  }
  return (
    <div className={styles.test}>
      <Button disabled={busy} onClick={() => void run()}>
        {unsaved ? 'Save and test' : 'Test'}
        <span className="visually-hidden"> {of}</span>
      </Button>
      <span role="status" className={styles.answer} data-ok={answer?.ok}>
        {slow && <LoaderCircle className={styles.spin} size={14} strokeWidth={1.5} aria-hidden />}
        {slow && 'Trying…'}
        {answer?.ok && <CircleCheck size={14} strokeWidth={1.75} aria-hidden />}
        {answer?.ok === false && <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />}
        {answer && <span className={styles.detail}>{answer.detail}</span>}
      </span>
    </div>
  )
}
