import { useQueryClient } from '@tanstack/react-query'
import { Check, Copy } from 'lucide-react'
import { type FormEvent, useId, useRef, useState } from 'react'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import type { CallOutput } from '#contract/calls.ts'
import type { Role } from '#contract/sync-api/team.ts'
import { sentenceOf } from '../../../lib/queries/call-error.ts'
import { callHost } from '../../../lib/queries/call-host.ts'
import { callKey } from '../../../lib/queries/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../../ui/controls/dialog.tsx'
import { Labelled, Select } from '../../../ui/controls/labelled.tsx'
import { isRole, roleChoices, roleMay, roleName, untilMoment } from '../../../ui/sync/describe-team.ts'
import styles from './invite-dialog.module.css'

type Made = CallOutput<'team.invite'>
type For = 'somebody' | 'mine'

const lives = [
  { value: '24', label: 'A day' },
  { value: '72', label: 'Three days' },
  { value: '168', label: 'A week' },
  { value: '336', label: 'Two weeks' },
  { value: '720', label: 'Thirty days' },
]

/** Makes an invite, and shows its text the one time that it can be shown. */
export function InviteDialog({ team, onClose }: { readonly team: TeamView; readonly onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null)
  return (
    // Once the text is there, a click beside the dialog must not take it away.
    <Dialog
      open
      onClose={onClose}
      title={made ? 'The invite' : 'Invite to the team'}
      width={520}
      sticky={made !== null}
    >
      {made ? (
        <MadeInvite made={made} encrypted={team.encrypted} onClose={onClose} />
      ) : (
        <InviteForm team={team} onMade={setMade} onClose={onClose} />
      )}
    </Dialog>
  )
}

function InviteForm({
  team,
  onMade,
  onClose,
}: {
  readonly team: TeamView
  readonly onMade: (made: Made) => void
  readonly onClose: () => void
}) {
  const client = useQueryClient()
  const id = useId()
  const mayInvite = team.me.role === 'owner'
  const [whom, setWhom] = useState<For>(mayInvite ? 'somebody' : 'mine')
  const [role, setRole] = useState<Role>('member')
  const [hours, setHours] = useState('72')
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const make = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setRefused(null)
    try {
      const asked = whom === 'mine' ? { role: team.me.role, memberId: team.me.memberId } : { role }
      onMade(await callHost('team.invite', { ...asked, hours: Number(hours) }))
      await client.invalidateQueries({ queryKey: callKey('team.get', {}) })
    } catch (error) {
      setRefused(sentenceOf(error))
      setBusy(false)
    }
  }
  const choices: readonly { readonly value: For; readonly name: string; readonly about: string }[] = [
    {
      value: 'somebody',
      name: 'Somebody new',
      about: mayInvite ? 'Joins as a member of their own.' : 'Only an owner can invite others.',
    },
    { value: 'mine', name: 'Another device of mine', about: 'What is done on it is done by you.' },
  ]
  return (
    <form onSubmit={(event) => void make(event)}>
      <DialogBody>
        <fieldset className={styles.choices}>
          <legend className={styles.legend}>For</legend>
          {choices.map(({ value, name, about }) => (
            <label key={value} className={styles.choice} data-disabled={value === 'somebody' && !mayInvite}>
              <input
                type="radio"
                name={`${id}-for`}
                checked={whom === value}
                disabled={value === 'somebody' && !mayInvite}
                onChange={() => setWhom(value)}
              />
              <span className={styles.choiceText}>
                {name}
                <span className={styles.about}>{about}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {whom === 'somebody' && (
          <Labelled label="Role" hint={`${roleName(role)}: ${roleMay(role)}.`}>
            {({ className: _, ...named }) => (
              <Select
                {...named}
                options={roleChoices}
                value={role}
                onChange={(text) => isRole(text) && setRole(text)}
              />
            )}
          </Labelled>
        )}
        <Labelled label="Works for" hint="It can be used once, and taken back for as long as it was not.">
          {({ className: _, ...named }) => (
            <Select {...named} options={lives} value={hours} onChange={setHours} />
          )}
        </Labelled>
        {refused !== null && (
          <p role="alert" className={styles.refused}>
            {refused}
          </p>
        )}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" type="submit" disabled={busy}>
          Make an invite
        </Button>
      </DialogActions>
    </form>
  )
}

function MadeInvite({
  made,
  encrypted,
  onClose,
}: {
  readonly made: Made
  readonly encrypted: boolean
  readonly onClose: () => void
}) {
  const text = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<'no' | 'yes' | 'denied'>('no')
  const copy = () =>
    navigator.clipboard.writeText(made.text).then(
      () => setCopied('yes'),
      () => {
        setCopied('denied')
        text.current?.select()
      },
    )
  return (
    <>
      <DialogBody>
        <p>
          Hand this over on a way that you trust. It works once, {untilMoment(made.expiresAt)}, and is shown
          now and never again.
          {encrypted && ' It holds the key of the workspace: whoever has it can read everything.'}
        </p>
        <textarea
          ref={text}
          // biome-ignore lint/a11y/noAutofocus: it is what one came for, and can be copied by key
          autoFocus
          readOnly
          rows={4}
          className={styles.text}
          aria-label="The invite’s text"
          spellCheck={false}
          value={made.text}
          onFocus={(event) => event.target.select()}
        />
        <p className={styles.about} role="status">
          {copied === 'denied' ? 'The clipboard is not available here: copy the marked text by hand.' : ''}
        </p>
      </DialogBody>
      <DialogActions>
        <Button
          icon={
            copied === 'yes' ? (
              <Check size={16} strokeWidth={1.5} aria-hidden />
            ) : (
              <Copy size={16} strokeWidth={1.5} aria-hidden />
            )
          }
          onClick={() => void copy()}
        >
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </>
  )
}
