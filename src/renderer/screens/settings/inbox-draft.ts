import type { InboxField, InboxView } from '#contract/answers/inbox-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { useUnsaved } from '../../lib/queries/unsaved.ts'

export type Settings = Readonly<Record<string, unknown>>
/** Secrets to set, by name; `null` takes one away. */
export type NewSecrets = Readonly<Record<string, string | null>>
/** One of a list of things in the settings. */
export type Item = Settings & { readonly id: string }
export type ItemsField = Extract<InboxField, { kind: 'items' }>
export type PlainField = Exclude<InboxField, { kind: 'items' }>

type Entered = {
  readonly settings: Settings
  /** The settings that it began from, as text. */
  readonly base: string
}

export type InboxDraft = {
  readonly settings: Settings
  readonly secrets: NewSecrets
  readonly dirty: boolean
  /** The settings were changed elsewhere since something was entered here. */
  readonly overtaken: boolean
  readonly change: (name: string, value: unknown) => void
  readonly changeSecrets: (secrets: NewSecrets) => void
  readonly forget: () => void
}

const settingsKey = (inbox: string): string => `inbox ${inbox}`
const secretsKey = (inbox: string): string => `inbox ${inbox} secrets`

/** The keys under which what was entered for an inbox waits. */
export const draftKeys = (inbox: string): readonly string[] => [settingsKey(inbox), secretsKey(inbox)]

/** An inbox's settings as they are being edited: what was entered stays until it is saved or given up. Secrets stay in memory alone. */
export function useInboxDraft(inbox: InboxView): InboxDraft {
  const [entered, setEntered] = useUnsaved<Entered>(settingsKey(inbox.name))
  const [newSecrets, setNewSecrets] = useUnsaved<NewSecrets>(secretsKey(inbox.name), { secret: true })
  const saved = JSON.stringify(inbox.settings)
  const settings = entered?.settings ?? inbox.settings
  const secrets = newSecrets ?? {}
  return {
    settings,
    secrets,
    dirty: entered !== null || Object.keys(secrets).length > 0,
    overtaken: entered !== null && entered.base !== saved,
    change: (name, value) => {
      const next = { ...settings, [name]: value }
      const base = entered?.base ?? saved
      setEntered(JSON.stringify(next) === saved ? null : { settings: next, base })
    },
    changeSecrets: (next) => setNewSecrets(Object.keys(next).length === 0 ? null : next),
    forget: () => {
      setEntered(null)
      setNewSecrets(null)
    },
  }
}

/** What the host is asked to keep. */
export function configuration(
  name: string,
  { settings, secrets }: Pick<InboxDraft, 'settings' | 'secrets'>,
): CallInput<'inboxes.configure'> {
  return {
    name,
    settings: settings as NonNullable<CallInput<'inboxes.configure'>['settings']>,
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
  }
}

/** The secrets as they are to be with one set, taken away (`null`), or left as it is (`undefined`). */
export function withSecret(secrets: NewSecrets, name: string, value: string | null | undefined): NewSecrets {
  const { [name]: _, ...others } = secrets
  return value === undefined ? others : { ...others, [name]: value }
}

/** The secrets as they are to be once an item is gone: those that are kept for it go too. @param kept names of those that are there */
export function withoutItem(secrets: NewSecrets, kept: readonly string[], itemId: string): NewSecrets {
  const isIts = (name: string) => name.endsWith(`:${itemId}`)
  return Object.fromEntries([
    ...Object.entries(secrets).filter(([name]) => !isIts(name)),
    ...kept.filter(isIts).map((name) => [name, null] as const),
  ])
}

const initial = (field: PlainField): unknown => {
  switch (field.kind) {
    case 'switch':
      return true
    case 'texts':
      return []
    case 'number':
      return field.min
    case 'choice':
      return field.options[0]?.value ?? ''
    default:
      return ''
  }
}

/** A new one of a list of things. */
export const newItem = ({ fields }: ItemsField, id: string): Item => ({
  ...Object.fromEntries(
    fields.filter(({ kind }) => kind !== 'secret').map((field) => [field.name, initial(field)]),
  ),
  id,
})

export const itemsOf = (settings: Settings, field: ItemsField): readonly Item[] =>
  Array.isArray(settings[field.name]) ? (settings[field.name] as readonly Item[]) : []

/** `a7f3k9q2`: short, and not given out twice. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join('')

/** A signing secret as Standard Webhooks has it: `whsec_` and 32 random bytes in base64. */
export const randomSecret = (): string =>
  `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`
