import { FileCode2, ShieldAlert, ShieldCheck, SquareTerminal } from 'lucide-react'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import styles from './own-inbox.module.css'
import { useInboxChange } from './use-inbox-change.ts'

/** Where an inbox is a file of the person's own: which one, and whether it may run. */
export function OwnInbox({
  inbox: { name, title, own },
}: {
  readonly inbox: Pick<InboxView, 'name' | 'title' | 'own'>
}) {
  const change = useInboxChange()
  const { info } = useWorkspace()
  if (!own) return null
  const { file, hash, hosts, trusted, confined, refusal } = own
  return (
    <section className={styles.own} data-trusted={trusted} aria-label="The file behind it">
      <dl className={styles.facts}>
        <dt>
          <FileCode2 size={14} strokeWidth={1.5} aria-hidden /> File
        </dt>
        <dd className={styles.code}>{file}</dd>
        <dt>SHA-256</dt>
        <dd className={styles.code}>{hash}</dd>
        <dt>Hosts</dt>
        <dd className={styles.code}>{hosts.length > 0 ? hosts.join(', ') : 'none'}</dd>
      </dl>
      {trusted ? (
        <p className={styles.text}>
          <ShieldCheck size={16} strokeWidth={1.5} className={styles.sign} aria-hidden />
          {refusal ??
            'You trust this file as it is now, in this folder and on this computer. Once it changes, or the folder is moved, it no longer runs until you trust it again.'}
        </p>
      ) : (
        <p className={styles.text}>
          <ShieldAlert size={16} strokeWidth={1.5} className={styles.sign} aria-hidden />
          <span>
            {refusal ?? 'It does not run.'}{' '}
            {confined
              ? 'Trusting it lets this file see every issue and talk to the network. Docket keeps it from your files and from other programs.'
              : 'This Docket can not confine it: trusting it lets this file do whatever you can do on this computer.'}{' '}
            Trust it only if you have read it, or wrote it.
          </span>
        </p>
      )}
      {!trusted && !info.confirmsTrust && (
        <p className={styles.text}>
          <SquareTerminal size={16} strokeWidth={1.5} className={styles.sign} aria-hidden />
          <span>
            A page can not have a file run. In a terminal of this computer:{' '}
            <code className={styles.code}>
              docket inbox trust {file} --hash {hash}
            </code>
          </span>
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
        ) : info.confirmsTrust ? (
          <Button
            variant="danger"
            onClick={() => void change('inboxes.trust', { name, hash, trusted: true }, `${title} is trusted`)}
          >
            Trust this file…
          </Button>
        ) : null}
      </div>
    </section>
  )
}
