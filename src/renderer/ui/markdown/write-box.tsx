import { type KeyboardEvent, type Ref, useId, useState } from 'react'
import { offerUndo } from '../../lib/queries/undo.ts'
import { Button } from '../controls/button.tsx'
import { KeyHint } from '../key-hint.tsx'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'
import { Markdown } from './markdown.tsx'
import { useDraft } from './use-draft.ts'
import styles from './write-box.module.css'

/** Another text stands there than the one that was written over. */
export type Stale = { readonly theirs: string }

type Props = {
  /** Where the draft is kept; one for each thing that can be written. */
  readonly draftKey: string
  readonly label: string
  readonly initial?: string
  readonly placeholder?: string
  readonly submitLabel: string
  /**
   * @param base the text that the edit began from.
   * @returns `null` where it was taken; else the text stays, and the sentence, or what stands there by now, is shown.
   */
  readonly onSubmit: (text: string, base: string) => Promise<string | Stale | null>
  /** Esc, or the button beside: leaves, and keeps the draft. */
  readonly onLeave?: () => void
  /** Shown where leaving is possible: forgets the draft. */
  readonly onDiscard?: () => void
  readonly allowEmpty?: boolean
  readonly autoFocus?: boolean
  readonly tall?: boolean
  readonly ref?: Ref<HTMLTextAreaElement>
}

/** A field for Markdown with a preview. What was typed is kept until it is sent or thrown away on purpose. */
export function WriteBox({
  draftKey,
  label,
  initial = '',
  placeholder,
  submitLabel,
  onSubmit,
  onLeave,
  onDiscard,
  allowEmpty = false,
  autoFocus = false,
  tall = false,
  ref,
}: Props) {
  const draft = useDraft(draftKey, initial)
  const { text, base, theirs, set: setText, clear } = draft
  const [preview, setPreview] = useState(false)
  const [sending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const id = useId()
  const ready = !sending && (allowEmpty || text.trim() !== '')

  const send = async (over = base) => {
    if (!ready) return
    setSending(true)
    const refused = await onSubmit(text, over)
    setSending(false)
    if (refused !== null && typeof refused !== 'string') {
      draft.sawTheirs(refused.theirs)
      return
    }
    setProblem(refused)
    if (refused === null) {
      clear()
      setPreview(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      // Changed meanwhile, it takes a decision.
      if (theirs === null) void send()
    }
    if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      event.stopPropagation()
      if (onLeave) onLeave()
      else if (event.target instanceof HTMLElement) event.target.blur()
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys work from every control inside
    <div className={styles.box} onKeyDown={onKeyDown} data-tall={tall || undefined}>
      {preview ? (
        <div className={styles.preview}>
          {text.trim() === '' ? (
            <p className={styles.nothing}>Nothing to show yet.</p>
          ) : (
            <Markdown text={text} />
          )}
        </div>
      ) : (
        <textarea
          ref={ref}
          className={styles.field}
          dir="auto"
          aria-label={label}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
          placeholder={placeholder}
          value={text}
          // biome-ignore lint/a11y/noAutofocus: opened by the person's own key or click, to type into
          autoFocus={autoFocus}
          onChange={(event) => {
            setText(event.target.value)
            setProblem(null)
          }}
        />
      )}
      {problem && (
        <p id={`${id}-problem`} className={styles.problem} role="alert">
          {problem} Your text is kept.
        </p>
      )}
      {theirs !== null && (
        <ChangedMeanwhile
          base={base}
          theirs={theirs}
          mine={text}
          busy={sending}
          onKeepMine={() => void send(theirs)}
          onTakeTheirs={() => {
            clear()
            offerUndo('What you wrote was put aside', async () => draft.bringBack(text, theirs))
          }}
        />
      )}
      <div className={styles.foot}>
        <Button variant="quiet" aria-pressed={preview} onClick={() => setPreview(!preview)}>
          {preview ? 'Write' : 'Preview'}
        </Button>
        <span className={styles.hint}>Markdown</span>
        <span className={styles.space} />
        {onDiscard && (
          <Button
            variant="quiet"
            onClick={() => {
              clear()
              onDiscard()
            }}
          >
            Discard
          </Button>
        )}
        {theirs === null && (
          <Button
            variant={text.trim() === '' && !allowEmpty ? 'plain' : 'primary'}
            disabled={!ready}
            onClick={() => void send()}
          >
            {submitLabel}
            {ready && <KeyHint keys="$mod+Enter" />}
          </Button>
        )}
      </div>
    </div>
  )
}
