import { type FormEvent, useId, useState } from 'react'
import type { CallInput } from '#contract/calls.ts'
import { useWorkspace } from '../app/workspace.tsx'
import { Button } from '../controls/button.tsx'
import { DialogActions, DialogBody } from '../controls/dialog.tsx'
import { Field } from '../controls/field.tsx'
import { sentenceOf } from '../queries/call-error.ts'
import { callHost } from '../queries/call-host.ts'
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

type Props = {
  readonly kind: 'import' | 'export'
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
  const [file, setFile] = useState('')
  const [missing, setMissing] = useState<string | null>(null)
  const pick = async () => {
    try {
      const { path } = await callHost('files.pick', { purpose: kind })
      if (path) setFile(path)
    } catch (failure) {
      setMissing(sentenceOf(failure))
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (file.trim() === '') {
      setMissing(kind === 'import' ? 'Say which file to read.' : 'Say where to write it.')
      return
    }
    onStart({ kind, format, file: file.trim() } as StartInput)
  }
  return (
    <form onSubmit={submit} className={styles.form} noValidate>
      <DialogBody>
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
        <Field
          label="File"
          value={file}
          error={missing ?? error}
          placeholder={kind === 'import' ? '/home/me/issues.json' : '/home/me/docket.jsonl'}
          hint={info.picksFiles ? undefined : 'The path on the machine that Docket runs on.'}
          spellCheck={false}
          onChange={(event) => {
            setMissing(null)
            setFile(event.target.value)
          }}
          trailing={info.picksFiles ? <Button onClick={() => void pick()}>Choose…</Button> : undefined}
        />
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
        <Button variant="primary" type="submit">
          {kind === 'import' ? 'Import' : 'Export'}
        </Button>
      </DialogActions>
    </form>
  )
}
