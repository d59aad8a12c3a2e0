import { ChevronRight } from 'lucide-react'
import { useId } from 'react'
import { Labelled } from '../../../ui/controls/labelled.tsx'
import styles from './team-settings.module.css'

type Props = {
  /** The certificate, in PEM. */
  readonly value: string
  readonly error: string | null
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly onChange: (certificate: string) => void
}

/** The authority of a server with a certificate of its own making; few need it, so that it is folded away. */
export function AuthorityField({ value, error, open, onOpen, onChange }: Props) {
  const advancedId = useId()
  return (
    <>
      <button
        type="button"
        className={styles.more}
        aria-expanded={open}
        aria-controls={advancedId}
        onClick={() => onOpen(!open)}
      >
        <ChevronRight size={14} strokeWidth={1.5} aria-hidden />
        Advanced
      </button>
      <div id={advancedId} hidden={!open}>
        <Labelled
          label="Certificate authority"
          optional
          error={error}
          hint="Of a server with a certificate of your own making: paste the authority’s certificate (PEM). It is trusted for this server alone."
        >
          {({ className, ...named }) => (
            <textarea
              {...named}
              className={`${className} ${styles.mono}`}
              rows={5}
              placeholder="-----BEGIN CERTIFICATE-----"
              spellCheck={false}
              autoComplete="off"
              maxLength={100_000}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Labelled>
      </div>
    </>
  )
}
