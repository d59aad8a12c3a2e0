import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { RecordedEvent } from '#core/events/event.ts'
import { asksFor } from '#core/events/reading.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import {
  type DeliveringInbox,
  type DeliveryContext,
  hold,
  type InboxContext,
  type Outcome,
  type SecretValues,
} from '../../contract/inbox.ts'
import { UnreadableSecretError } from '../../contract/unreadable-secret.ts'
import { deliverOverHttp } from '../../http/http-delivery.ts'
import { mayMatch } from '../../routed/query-match.ts'
import {
  hostOfAddress,
  openRoute,
  queryOutcome,
  routeById,
  routeToTest,
  withRouteOff,
} from '../../routed/routes.ts'
import { cloudEvent, cloudEventType, testCloudEvent } from '../../shared/cloud-event.ts'
import {
  rotateSecret,
  type WebhookEndpoint,
  type WebhookSettings,
  webhookForm,
  webhookSettings,
} from './webhook-settings.ts'

type Context = InboxContext<WebhookSettings>

const wantsType = (endpoint: WebhookEndpoint, event: RecordedEvent): boolean =>
  endpoint.enabled && asksFor(endpoint.types, event.type)

const wants = (endpoint: WebhookEndpoint, event: RecordedEvent, context: Context): boolean =>
  wantsType(endpoint, event) && mayMatch(endpoint.query, event, context)

/** The one before the newest; one that can't be read here signs no more, which the newest makes up for. */
function previousSecret(endpoint: WebhookEndpoint, context: Context): string | undefined {
  try {
    return context.secret(`previous:${endpoint.id}`)
  } catch (error) {
    if (error instanceof UnreadableSecretError) return undefined
    throw error
  }
}

/** The secrets that sign now, newest first. */
function secretsOf(endpoint: WebhookEndpoint, context: Context): string[] {
  const previous =
    endpoint.previousUntil !== null && context.now() < endpoint.previousUntil
      ? previousSecret(endpoint, context)
      : undefined
  return [context.secret(`secret:${endpoint.id}`), previous].filter((secret) => secret !== undefined)
}

function signature(secrets: readonly string[], key: string, at: Date, body: string): Result<string> {
  try {
    return done(secrets.map((secret) => new Webhook(secret).sign(key, at, body)).join(' '))
  } catch {
    return refuse(
      'invalid_input',
      'The signing secret can’t be used: it must be base64, with whsec_ before it.',
    )
  }
}

async function send(
  endpoint: WebhookEndpoint,
  key: string,
  body: string,
  context: DeliveryContext<WebhookSettings>,
): Promise<Outcome> {
  if (context.secret(`secret:${endpoint.id}`) === undefined)
    return hold(`${endpoint.name} has no signing secret. Set one in its settings.`)
  const secrets = secretsOf(endpoint, context)
  const at = new Date(context.now())
  const signed = signature(secrets, key, at, body)
  if (!signed.ok) return hold(signed.error.message)
  return deliverOverHttp(
    {
      method: 'POST',
      url: endpoint.url,
      headers: {
        'content-type': `${cloudEventType}; charset=utf-8`,
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signed.value,
      },
      body,
      allowedHosts: endpoint.allowedHosts,
      secrets,
    },
    context,
  )
}

/** Sends events to any number of endpoints: CloudEvents 1.0, signed as Standard Webhooks says. */
export const webhooks: DeliveringInbox<WebhookSettings> = {
  name: 'webhooks',
  title: 'Webhooks',
  about: 'Sends each event to addresses of your choice, signed, as a CloudEvent.',
  scope: 'own',
  onByDefault: false,
  settings: webhookSettings,
  form: webhookForm,
  onSecrets(change) {
    let { settings } = change
    let secrets: SecretValues = change.secrets
    for (const [name, next] of Object.entries(change.secrets)) {
      if (!name.startsWith('secret:') || next === null) continue
      const rotation = rotateSecret(
        settings,
        name.slice('secret:'.length),
        change.current(name),
        next,
        change.now,
      )
      settings = rotation.settings
      secrets = { ...secrets, ...rotation.secrets }
    }
    return { settings, secrets }
  },
  shouldProcess: (event, { settings }) => settings.endpoints.some((endpoint) => wantsType(endpoint, event)),
  targets: (event, context) =>
    context.settings.endpoints.filter((endpoint) => wants(endpoint, event, context)).map(({ id }) => id),
  hostOf: (target, { settings }) => hostOfAddress(routeById(settings.endpoints, target)?.url),
  withoutTarget: (settings, target) => ({ ...settings, endpoints: withRouteOff(settings.endpoints, target) }),
  targetName: (target, { settings }) => routeById(settings.endpoints, target)?.name ?? target,
  async handle({ key, target, event }, context) {
    const { route: endpoint, outcome } = openRoute(context.settings.endpoints, target, 'endpoint')
    if (!endpoint) return outcome
    // Whether the event matches was asked when it was evaluated; a rule may send one that does not.
    return (
      queryOutcome(endpoint.query, `The query of ${endpoint.name}`, context) ??
      send(endpoint, key, JSON.stringify(cloudEvent(event, context.workspace)), context)
    )
  },
  async test(context, target) {
    const { route: endpoint, outcome } = routeToTest(context.settings.endpoints, target, 'endpoint')
    if (!endpoint) return outcome
    const id = randomUUID()
    return send(endpoint, id, JSON.stringify(testCloudEvent(context.workspace, id, context.now())), context)
  },
}
