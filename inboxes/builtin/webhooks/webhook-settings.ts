import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import {
  allowedHostsField,
  allowedHostsSetting,
  eachOnce,
  routeSettings,
  urlSetting,
  whichEvents,
} from '../../routed/routed-settings.ts'

const endpoint = z.object({
  id: routeSettings.id,
  name: routeSettings.name,
  url: urlSetting,
  types: routeSettings.types,
  query: routeSettings.query,
  allowedHosts: allowedHostsSetting,
  enabled: routeSettings.enabled,
  /** Until when the secret before this one signs too, in milliseconds since 1970. */
  previousUntil: z.number().nullable().default(null),
})
/** A receiver of webhooks. */
export type WebhookEndpoint = z.infer<typeof endpoint>

/** The settings of webhooks: any number of endpoints. */
export const webhookSettings = z.object({ endpoints: z.array(endpoint).superRefine(eachOnce).default([]) })
export type WebhookSettings = z.infer<typeof webhookSettings>

/** How the settings of webhooks are asked for. */
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
      allowedHostsField('hooks.internal'),
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
