import { type FormEvent, useId, useState } from 'react'
import type { ChosenFile } from '#contract/answers/answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { DialogActions, DialogBody } from '../../ui/controls/dialog.tsx'
import { TextField } from '../../ui/controls/field.tsx'
import styles from './jobs.module.css'

type StartInput = CallInput<'jobs.start'>
type ImportFormat = Extract<StartInput, { kind: 'import' }>['format']
type ExportFormat = Extract<StartInput, { kind: 'export' }>['format']
type Option<Format> = { readonly format: Format; readonly name: string; readonly hint: string }

const importFormats: readonly Option<ImportFormat>[] = [
  {
    format: 'github',
    name: 'GitHub',
    hint: 'Issues with comments and timeline, as the REST API returns them (JSON)',
  },
  { format: 'jira', name: 'Jira', hint: 'Issues as the REST API returns them (JSON)' },
  { format: 'docket', name: 'Docket', hint: 'An export of another workspace (JSONL)' },
  { format: 'beads', name: 'Beads', hint: 'Issues as they are now (JSONL)' },
  { format: 'beads-events', name: 'Beads, with history', hint: 'Its log of events (JSONL)' },
]
const exportFormats: readonly Option<ExportFormat>[] = [
  { format: 'jsonl', name: 'Docket (JSONL)', hint: 'Every event; can be imported again without loss' },
  { format: 'csv', name: 'CSV', hint: 'Issues as they are now, for spreadsheets' },
  { format: 'markdown', name: 'Markdown', hint: 'Issues with their comments, for reading' },
]

const submits = { import: 'Import', export: 'Export', backup: 'Back up' } as const

type Props = {
  readonly kind: 'import' | 'export' | 'backup'
  readonly error: string | null
  readonly onStart: (input: StartInput) => void
  readonly onClose: () => void
}

/** Asks for the format and the file. */
export function FileForm({ kind, error, onStart, onClose }: Props) {
  const { info } = useWorkspace()
  const name = useId()
  const options: readonly Option<ImportFormat | ExportFormat>[] =
    kind === 'import' ? importFormats : exportFormats
  const [format, setFormat] = useState<ImportFormat | ExportFormat>(options[0]?.format ?? 'github')
  const [chosen, setChosen] = useState<ChosenFile | File | null>(null)
  const [excel, setExcel] = useState(false)
  const [sending, setSending] = useState(false)
  const [missing, setMissing] = useState<string | null>(null)
  const pick = async () => {
    try {
      const { file } = await callHost('files.pick', { purpose: kind })
      if (file) setChosen(file)
      setMissing(null)
    } catch (failure) {
      setMissing(sentenceOf(failure))
    }
  }
  /** The host's token for what was chosen; a file of the page is sent first. */
  const tokenOf = async (file: ChosenFile | File): Promise<string | undefined> => {
    if (!(file instanceof File)) return file.token
    setSending(true)
    const sent = await window.docket.transfers?.upload(file, file.name)
    setSending(false)
    if (sent?.ok) return sent.value.token
    setMissing(sent?.error.message ?? 'Files can not be handed over here.')
    return undefined
  }
  const marked = format === 'csv' && excel ? { excel } : {}
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const asked = kind === 'backup' ? { kind } : { kind, format, ...marked }
    if (kind !== 'import' && !info.picksFiles) {
      onStart(asked as StartInput)
      return
    }
    if (chosen === null) {
      setMissing(kind === 'import' ? 'Say which file to read.' : 'Say where to write it.')
      return
    }
    const token = await tokenOf(chosen)
    if (token === undefined) return
    // It works once: whoever starts again chooses again.
    if (!(chosen instanceof File)) setChosen(null)
    onStart({ ...asked, token } as StartInput)
  }
  return (
    <form onSubmit={(event) => void submit(event)} className={styles.form} noValidate>
      <DialogBody>
        {kind === 'backup' && (
          <p className={styles.text}>
            Writes the whole history into one file and checks every hash of the copy. You can go on working
            meanwhile. To put it back, see “Backups” in Docket’s documentation.
          </p>
        )}
        {kind !== 'backup' && (
          <fieldset className={styles.formats}>
            <legend className={styles.legend}>Format</legend>
            {options.map((option) => (
              <label key={option.format} className={styles.format} data-chosen={format === option.format}>
                <input
                  type="radio"
                  name={name}
                  checked={format === option.format}
                  onChange={() => setFormat(option.format)}
                />
                <span className={styles.formatName}>{option.name}</span>
                <span className={styles.formatHint}>{option.hint}</span>
              </label>
            ))}
          </fieldset>
        )}
        {format === 'csv' && (
          <label className={styles.check}>
            <input type="checkbox" checked={excel} onChange={(event) => setExcel(event.target.checked)} />
            For Excel: begin with the mark by which it knows UTF-8
          </label>
        )}
        {info.picksFiles ? (
          <TextField
            label="File"
            value={chosen?.name ?? ''}
            error={missing ?? error}
            placeholder="None chosen yet"
            readOnly
            onClick={() => void pick()}
            trailing={<Button onClick={() => void pick()}>Choose…</Button>}
          />
        ) : kind === 'import' ? (
          <TextField
            label="File"
            type="file"
            error={missing ?? error}
            onChange={(event) => {
              setMissing(null)
              setChosen(event.target.files?.[0] ?? null)
            }}
          />
        ) : (
          <>
            <p className={styles.text}>Your browser saves it where it keeps what you download.</p>
            {error && (
              <p className={styles.error} role="alert">
                {error}
              </p>
            )}
          </>
        )}
        {kind === 'import' && (
          <p className={styles.text}>
            Times and people stay as they were. The same file may be imported again: what is there already is
            left alone.
          </p>
        )}
      </DialogBody>
      <DialogActions>
        <Button variant="quiet" onClick={onClose}>
          Close
        </Button>
        <Button variant="primary" type="submit" disabled={sending}>
          {sending ? 'Sending the file…' : submits[kind]}
        </Button>
      </DialogActions>
    </form>
  )
}
