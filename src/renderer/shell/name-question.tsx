import { type FormEvent, useState } from 'react'
import { toast } from 'sonner'
import { sentenceOf } from '../lib/queries/call-error.ts'
import { callHost } from '../lib/queries/call-host.ts'
import { useWorkspace } from '../lib/workspace.tsx'
import { Button } from '../ui/controls/button.tsx'
import styles from './name-question.module.css'

/** Asks once what the person is called: an account on a computer is no name that others know somebody by. */
export function NameQuestion() {
  const { info, me } = useWorkspace()
  const [typed, setTyped] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  if (!info.asksForName) return null
  const name = (typed ?? me.name).trim()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '' || saving) return
    setSaving(true)
    try {
      await callHost('me.set', { name })
    } catch (error) {
      toast.error(sentenceOf(error))
    }
    setSaving(false)
  }
  return (
    <form className={styles.question} aria-label="Your name" onSubmit={(event) => void save(event)}>
      <label className={styles.asked}>
        <span>What is your name? It stands beside what you do.</span>
        <input
          className={styles.field}
          dir="auto"
          autoComplete="name"
          maxLength={500}
          value={typed ?? me.name}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
      </label>
      <Button type="submit" variant="primary" disabled={name === '' || saving}>
        {name === me.name ? `Keep “${name.length > 20 ? `${name.slice(0, 20)}…` : name}”` : 'Save'}
      </Button>
    </form>
  )
}
