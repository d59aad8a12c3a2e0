import { Copy, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useCall } from '../../lib/queries/use-call.ts'
import { IconButton } from '../../ui/controls/button.tsx'
import { Dialog, DialogBody } from '../../ui/controls/dialog.tsx'
import styles from './notes-line.module.css'

/** What there is to know of the history itself, in one line above the way sync stands; nearly always nothing. A click says all of it, and what to do. */
export function NotesLine() {
  const { data: notes = [] } = useCall('workspace.notes', {})
  const [open, setOpen] = useState(false)
  const [first] = notes
  if (!first) return null
  const text = notes.length === 1 ? first.title : `${first.title}, and ${notes.length - 1} more`
  return (
    <div className={styles.line}>
      <button
        type="button"
        className={styles.button}
        aria-haspopup="dialog"
        title={text}
        onClick={() => setOpen(true)}
      >
        <TriangleAlert size={16} strokeWidth={1.5} aria-hidden />
        <span className={styles.text}>{text}</span>
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="About this history" width={520}>
        <DialogBody label="About this history">
          {notes.map(({ code, title, text, command }) => (
            <section key={code} className={styles.note}>
              <h3 className={styles.title}>{title}</h3>
              <p className={styles.words}>{text}</p>
              {command !== null && <Command text={command} />}
            </section>
          ))}
        </DialogBody>
      </Dialog>
    </div>
  )
}

function Command({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <>
      <p className={styles.words}>
        The newest such events are corrected in a terminal, in the workspace’s folder; add{' '}
        <code>--dry-run</code> to see first what it would do:
      </p>
      <div className={styles.command}>
        <code className={styles.code}>{text}</code>
        <IconButton
          label={copied ? 'Copied' : 'Copy the command'}
          icon={<Copy size={16} strokeWidth={1.5} />}
          onClick={() => void copy()}
        />
      </div>
    </>
  )
}
