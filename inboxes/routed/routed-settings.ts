import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { receiverUrl } from '../http/http-response.ts'
import { querySetting } from './query-match.ts'

/** The name that an item of a list goes by; secrets are called `FIELD:ID`, so it has no colon. */
export const itemId = z.string().regex(/^[\w.-]{1,64}$/, 'may have letters, digits and . _ - only')

/** An address that something can be sent to. */
export const urlSetting = z.string().superRefine((text, context) => {
  const url = receiverUrl(text)
  if (!url.ok) context.addIssue({ code: 'custom', message: url.error.message })
})

/** Refuses a list in which two items have the same id. */
export function eachOnce(items: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const ids = items.map(({ id }) => id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) context.addIssue({ code: 'custom', message: `has "${twice}" twice` })
}

const endpoint = z.object({
  id: itemId,
  name: z.string().trim().min(1, 'needs a name'),
  url: urlSetting,
  /** Event types; empty for all. */
  types: z.array(z.string().trim()).default([]),
  query: querySetting,
  /** Hosts that a redirect may lead to though they are private. */
  allowedHosts: z.array(z.string().trim()).default([]),
  enabled: z.boolean().default(true),
  /** Until when the secret before this one signs too, in milliseconds since 1970. */
  previousUntil: z.number().nullable().default(null),
})
export type WebhookEndpoint = z.infer<typeof endpoint>

export const webhookSettings = z.object({ endpoints: z.array(endpoint).superRefine(eachOnce).default([]) })
export type WebhookSettings = z.infer<typeof webhookSettings>

/** Names of event types, for a field that asks for some. */
export const eventTypeNames: readonly string[] = eventRegistry()
  .types()
  .map(({ name }) => name)

/** Asks which events are wanted: by type, and by a query over their issues. */
export const whichEvents = [
  {
    kind: 'texts',
    name: 'types',
    label: 'Event types',
    help: 'Leave empty for all but viewing.',
    placeholder: 'status_changed',
    suggestions: eventTypeNames,
  },
  {
    kind: 'query',
    name: 'query',
    label: 'Only issues that match',
    placeholder: 'label:bug priority:>=high',
    optional: true,
  },
] as const satisfies readonly InboxField[]

export const webhookForm: readonly InboxField[] = [
  {
    kind: 'items',
    name: 'endpoints',
    label: 'Endpoints',
    item: 'endpoint',
    help: 'Each gets the events that it asks for, signed with its own secret.',
    testable: true,
    fields: [
      { kind: 'text', name: 'name', label: 'Name', placeholder: 'Build server' },
      { kind: 'url', name: 'url', label: 'Address', placeholder: 'https://example.org/hooks/docket' },
      {
        kind: 'secret',
        name: 'secret',
        label: 'Signing secret',
        help: 'Give it to the receiver. After a change the old one signs too for 24 hours.',
        generate: true,
      },
      ...whichEvents,
      {
        kind: 'texts',
        name: 'allowedHosts',
        label: 'Private hosts it may redirect to',
        help: 'A redirect to a private address is refused unless its host is named here.',
        placeholder: 'hooks.internal',
      },
      { kind: 'switch', name: 'enabled', label: 'Send to this endpoint' },
    ],
  },
]

/** How long the secret before goes on signing after a change, in milliseconds: 24 hours. */
export const previousSecretMillis = 86_400_000

/** What setting a secret anew comes to: the settings to keep, and the secrets to put in place. */
export type Rotation = {
  readonly settings: WebhookSettings
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * Gives an endpoint another signing secret: the one before moves to `previous:ID` and signs too for 24 hours. The same secret again
 * changes nothing.
 * @param current the secret that is there now, if any. @param now milliseconds since 1970.
 */
export function rotateSecret(
  settings: WebhookSettings,
  id: string,
  current: string | undefined,
  next: string,
  now: number,
): Rotation {
  if (current === next) return { settings, secrets: {} }
  if (current === undefined || current === '') return { settings, secrets: { [`secret:${id}`]: next } }
  return {
    settings: {
      ...settings,
      endpoints: settings.endpoints.map((each) =>
        each.id === id ? { ...each, previousUntil: now + previousSecretMillis } : each,
      ),
    },
    secrets: { [`secret:${id}`]: next, [`previous:${id}`]: current },
  }
}
