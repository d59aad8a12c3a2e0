import { notifyManager } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { CallError, sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useViewActions } from '../../lib/shortcuts/action-handlers.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { useFocusOnMistake } from '../../ui/controls/use-focus-on-mistake.ts'
import { InboxStateIcon } from '../../ui/inbox-state.tsx'
import { FormField } from './form-field.tsx'
import { configuration, useInboxDraft, withSecret } from './inbox-draft.ts'
import { InboxMenu } from './inbox-menu.tsx'
import styles from './inbox-settings.module.css'
import { ItemsFieldEditor } from './items-field.tsx'
import { OwnInbox } from './own-inbox.tsx'
import { SecretField } from './secret-field.tsx'
import { TestButton } from './test-button.tsx'
import { useInboxChange, useListedInbox } from './use-inbox-change.ts'
import { type Mistake, mistakeBefore, mistakeOf } from './what-is-wrong.ts'

const scopes: Readonly<Record<InboxView['scope'], string>> = {
  own: 'Sees what is recorded on this computer.',
  others: 'Sees what others did.',
  all: 'Sees what everybody does, here and elsewhere.',
}

/** One inbox: whether it runs, and everything that can be set. */
export function InboxSettings({ inbox }: { readonly inbox: InboxView }) {
  const draft = useInboxDraft(inbox)
  const change = useInboxChange()
  const show = useListedInbox()
  const form = useRef<HTMLFormElement>(null)
  const [mistake, setMistake] = useState<Mistake | null>(null)
  useFocusOnMistake(form, mistake)
  const [saving, setSaving] = useState(false)
  const { name, title, about, state, stateDetail } = inbox

  const fail = (found: Mistake) => {
    setMistake(found)
    return false
  }
  const save = async (): Promise<boolean> => {
    const found = mistakeBefore(inbox.form, draft.settings)
    if (found) return fail(found)
    setSaving(true)
    try {
      show(await callHost('inboxes.configure', configuration(name, draft)))
      // Once what was saved is listed: a form without either would lose what is open in it.
      await new Promise<void>((resolve) => notifyManager.schedule(resolve))
      draft.forget()
      setMistake(null)
      return true
    } catch (error) {
      const path = error instanceof CallError ? error.details.path : undefined
      return fail(mistakeOf(inbox.form, sentenceOf(error), path))
    } finally {
      setSaving(false)
    }
  }
  const submit = async (event?: FormEvent) => {
    event?.preventDefault()
    if (draft.dirty && !saving && (await save())) toast(`${title} saved`)
  }
  useViewActions('settings', { save: () => void submit() })

  const errorAt = (at: string) => (mistake?.at === at ? mistake.message : null)
  const isOn = state !== 'off'
  const hasItemTests = inbox.form.some((field) => field.kind === 'items' && field.testable)
  return (
    <form ref={form} className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h2 className={styles.title}>{title}</h2>
          <p className={styles.about}>
            {about} {scopes[inbox.scope]}
          </p>
        </div>
        <InboxMenu inbox={inbox} />
        <Switch
          checked={isOn}
          aria-label={`${title} is on`}
          onChange={(enabled) =>
            void change('inboxes.configure', { name, enabled }, `${title} is ${enabled ? 'on' : 'off'}`)
          }
        />
      </div>
      <div className={styles.state} data-state={state} role="status">
        <InboxStateIcon state={state} />
        {stateDetail && <span className={styles.detail}>{stateDetail}</span>}
      </div>
      <OwnInbox inbox={inbox} />
      {inbox.form.map((field) => {
        if (field.kind === 'items')
          return (
            <ItemsFieldEditor
              key={field.name}
              inbox={inbox}
              field={field}
              draft={draft}
              mistake={mistake}
              onSave={save}
            />
          )
        if (field.kind === 'secret')
          return (
            <SecretField
              key={field.name}
              label={field.label}
              hint={field.help}
              optional={field.optional ?? false}
              generate={field.generate ?? false}
              error={errorAt(field.name)}
              isSet={inbox.secrets.includes(field.name)}
              isUnreadable={inbox.unreadableSecrets.includes(field.name)}
              entered={draft.secrets[field.name]}
              onChange={(entered) => draft.changeSecrets(withSecret(draft.secrets, field.name, entered))}
            />
          )
        return (
          <FormField
            key={field.name}
            field={field}
            value={draft.settings[field.name]}
            error={errorAt(field.name)}
            onChange={(value) => draft.change(field.name, value)}
          />
        )
      })}
      {inbox.form.length === 0 && <p className={styles.about}>There is nothing to set.</p>}
      {inbox.canTest && !hasItemTests && (
        <TestButton inbox={name} of={title} unsaved={draft.dirty} onSave={save} />
      )}
      {inbox.form.length > 0 && (
        <div className={styles.bar}>
          <span className={styles.note} role="status" data-wrong={mistake !== null}>
            {mistake
              ? mistake.at === null
                ? mistake.message
                : 'Not saved: see what is marked above.'
              : draft.overtaken
                ? 'Changed elsewhere meanwhile; saving replaces that.'
                : draft.dirty
                  ? 'Not saved yet'
                  : ''}
          </span>
          <Button
            disabled={!draft.dirty}
            onClick={() => {
              draft.forget()
              setMistake(null)
            }}
          >
            Cancel
          </Button>
          <Button variant="primary" type="submit" disabled={!draft.dirty || saving}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}
