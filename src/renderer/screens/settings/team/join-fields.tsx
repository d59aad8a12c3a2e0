import { Labelled } from '../../../ui/controls/labelled.tsx'
import { type inviteSays, isOpenToOthers, type JoinDraft, type JoinMistake, urlOf } from './join-draft.ts'
import styles from './team-settings.module.css'

type Props = {
  readonly draft: JoinDraft
  /** What the invite of the draft says of itself. */
  readonly invite: ReturnType<typeof inviteSays>
  readonly errorAt: (at: JoinMistake['at']) => string | null
  readonly onChange: (part: Partial<JoinDraft>) => void
}

/** Invite, server, name of the device and e-mail address of whoever joins. */
export function JoinFields({ draft, invite, errorAt, onChange: change }: Props) {
  const url = urlOf(draft)
  return (
    <>
      <Labelled
        label="Invite"
        error={errorAt('invite')}
        hint={
          invite.key
            ? 'It holds the key of an encrypted workspace: treat it like a password.'
            : invite.server
              ? 'It can be used once.'
              : 'The text that a member of the team, or the server’s own command, gave you.'
        }
      >
        {({ className, ...named }) => (
          <textarea
            {...named}
            className={`${className} ${styles.mono}`}
            rows={3}
            placeholder="docket-invite:…"
            spellCheck={false}
            autoComplete="off"
            value={draft.invite}
            onChange={(event) => change({ invite: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled
        label="Server"
        error={errorAt('url')}
        hint={
          isOpenToOthers(url) ? (
            <span className={styles.warn}>
              Without https, anybody between you and the server can read what is sent.
            </span>
          ) : invite.server && draft.url === null ? (
            'As the invite says.'
          ) : (
            'Where the server answers.'
          )
        }
      >
        {(named) => (
          <input
            {...named}
            type="url"
            placeholder="https://sync.example.org"
            spellCheck={false}
            autoComplete="off"
            maxLength={2_000}
            value={url}
            onChange={(event) => change({ url: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled
        label="Name of this device"
        optional
        hint="How your team tells your devices apart. Left empty, it is this computer’s own name."
      >
        {(named) => (
          <input
            {...named}
            type="text"
            maxLength={200}
            autoComplete="off"
            value={draft.device}
            onChange={(event) => change({ device: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled
        label="Your e-mail address"
        optional
        error={errorAt('email')}
        hint="Where mail about issues reaches you. Your team sees it; you can change it under People."
      >
        {(named) => (
          <input
            {...named}
            type="email"
            placeholder="ada@example.org"
            spellCheck={false}
            autoComplete="email"
            maxLength={320}
            value={draft.email}
            onChange={(event) => change({ email: event.target.value })}
          />
        )}
      </Labelled>
    </>
  )
}
