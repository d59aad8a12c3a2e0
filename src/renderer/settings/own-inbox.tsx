import { FileCode2, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { InboxView } from '#contract/inbox-views.ts'
import { Button } from '../controls/button.tsx'
import styles from './own-inbox.module.css'
import { useInboxChange } from './use-inbox-change.ts'

/** Where an inbox is a file of the person's own: which one, and whether it may run. */
export function OwnInbox({
  inbox: { name, title, own },
}: {
  readonly inbox: Pick<InboxView, 'name' | 'title' | 'own'>
}) {
  const change = useInboxChange()
  if (!own) return null
  const { file, hash, trusted } = own
  return (
    <section className={styles.own} data-trusted={trusted} aria-label="The file behind it">
      <dl className={styles.facts}>
        <dt>
          <FileCode2 size={14} strokeWidth={1.5} aria-hidden /> File
        </dt>
        <dd className={styles.code}>{file}</dd>
        <dt>SHA-256</dt>
        <dd className={styles.code}>{hash}</dd>
      </dl>
      {trusted ? (
        <p className={styles.text}>
          <ShieldCheck size={16} strokeWidth={1.5} className={styles.sign} aria-hidden />
          You trust this file as it is now. Once it changes, it no longer runs until you trust it again.
        </p>
      ) : (
        <p className={styles.text}>
          <ShieldAlert size={16} strokeWidth={1.5} className={styles.sign} aria-hidden />
          It does not run. Trusting it lets this file do what you can do on this computer: read your files,
          see every issue, and talk to the network. Trust it only if you have read it, or wrote it.
        </p>
      )}
      <div>
        {trusted ? (
          <Button
            onClick={() =>
              void change('inboxes.trust', { name, hash, trusted: false }, `${title} no longer runs`)
            }
          >
            Stop trusting
          </Button>
        ) : (
          <Button
            variant="danger"
            onClick={() => void change('inboxes.trust', { name, hash, trusted: true }, `${title} is trusted`)}
          >
            Trust this file
          </Button>
        )}
      </div>
    </section>
  )
}
