import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import { CallError, sentenceOf } from '../../../lib/queries/call-error.ts'
import { callHost } from '../../../lib/queries/call-host.ts'
import { useUnsaved } from '../../../lib/queries/unsaved.ts'
import { callKey } from '../../../lib/queries/use-call.ts'
import { useViewActions } from '../../../lib/shortcuts/action-handlers.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { useFocusOnMistake } from '../../../ui/controls/use-focus-on-mistake.ts'
import { lineOf } from '../../../ui/sync/describe-sync.ts'
import { SyncProgress } from '../../../ui/sync/sync-progress.tsx'
import { AuthorityField } from './authority-field.tsx'
import { EncryptField } from './encrypt-field.tsx'
import {
  emptyJoin,
  inviteSays,
  type JoinDraft,
  type JoinMistake,
  joinDraftKey,
  joinInput,
  mistakeIn,
  refusedAt,
} from './join-draft.ts'
import { JoinFields } from './join-fields.tsx'
import { sayOwnAddress } from './say-own-address.ts'
import styles from './team-settings.module.css'

type Props = {
  readonly view: SyncView
  readonly joining: boolean
  readonly onJoining: (joining: boolean) => void
}

/** The way from a workspace of this machine alone into a team. */
export function JoinForm({ view, joining, onJoining }: Props) {
  const client = useQueryClient()
  // An invite is as good as a password: it is kept while the window is open and never written.
  const [entered, setEntered] = useUnsaved<JoinDraft>(joinDraftKey, { secret: true })
  const draft = entered ?? emptyJoin
  const change = (part: Partial<JoinDraft>) => {
    setEntered({ ...draft, ...part })
    setMistake(null)
  }
  const form = useRef<HTMLFormElement>(null)
  const [mistake, setMistake] = useState<JoinMistake | null>(null)
  const [advanced, setAdvanced] = useState(draft.ca !== '')
  useFocusOnMistake(form, mistake)
  const errorAt = (at: JoinMistake['at']) => (mistake?.at === at ? mistake.message : null)
  const fail = (found: JoinMistake) => {
    setMistake(found)
    if (found.at === 'ca') setAdvanced(true)
  }

  const join = async (event?: FormEvent) => {
    event?.preventDefault()
    if (joining) return
    const found = mistakeIn(draft)
    if (found) return fail(found)
    setMistake(null)
    onJoining(true)
    try {
      const joined = await callHost('sync.join', joinInput(draft))
      client.setQueryData(callKey('sync.status', {}), joined)
      setEntered(null)
      // Who one is, and all that is shown, may be another from here on.
      void client.invalidateQueries()
      toast(`Joined ${joined.workspace ?? 'the team'}`)
      await sayOwnAddress(draft.email.trim()).catch((error) => toast.error(sentenceOf(error)))
    } catch (error) {
      const at = error instanceof CallError ? refusedAt(error.code, error.details.server) : null
      fail({ at, message: sentenceOf(error) })
    } finally {
      onJoining(false)
    }
  }
  useViewActions('settings', { save: () => void join() })

  const invite = inviteSays(draft.invite)
  const doing = view.state === 'off' || view.state === 'connecting' ? 'Joining…' : lineOf(view, 0).text
  return (
    <form ref={form} className={styles.form} data-bar noValidate onSubmit={(event) => void join(event)}>
      <div>
        <h2 className={styles.title}>Team</h2>
        <p className={styles.about}>
          This workspace is on this computer alone. Share it with others, or with your other computers:
          everybody keeps all of it, works without a network for as long as they like, and when the server is
          in reach the histories meet. Nothing that is here is replaced.
        </p>
        <p className={styles.about}>
          One command starts a server, with nothing else installed: <code>./docket-server --data DIR</code>
        </p>
      </div>
      <JoinFields draft={draft} invite={invite} errorAt={errorAt} onChange={change} />
      <EncryptField draft={draft} begun={invite.key} error={errorAt('understood')} onChange={change} />
      <AuthorityField
        value={draft.ca}
        error={errorAt('ca')}
        open={advanced}
        onOpen={setAdvanced}
        onChange={(ca) => change({ ca })}
      />
      <div className={styles.bar}>
        <SyncProgress progress={joining ? view.progress : null} />
        <div className={styles.barLine}>
          <span className={styles.note} role="status" data-wrong={mistake !== null}>
            {joining
              ? doing
              : mistake
                ? mistake.at === null
                  ? mistake.message
                  : 'Not joined: see what is marked above.'
                : ''}
          </span>
          <Button
            disabled={entered === null || joining}
            onClick={() => {
              setEntered(null)
              setMistake(null)
            }}
          >
            Clear
          </Button>
          <Button variant="primary" type="submit" disabled={joining}>
            {joining ? 'Joining…' : 'Join'}
          </Button>
        </div>
      </div>
    </form>
  )
}
