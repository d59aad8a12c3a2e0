import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { RecordedEvent } from '#core/events/event.ts'
import { asksFor } from '#core/events/reading.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import {
  type DeliveringInbox,
  type DeliveryContext,
  giveUp,
  hold,
  type InboxContext,
  type Outcome,
  type SecretValues,
  skip,
} from '../../contract/inbox.ts'
import { UnreadableSecretError } from '../../contract/unreadable-secret.ts'
import { deliverOverHttp } from '../../http/http-delivery.ts'
import { queryMatches, queryProblem } from '../../routed/query-match.ts'
import {
  rotateSecret,
  type WebhookEndpoint,
  type WebhookSettings,
  webhookForm,
  webhookSettings,
} from '../../routed/routed-settings.ts'
import { cloudEvent, cloudEventType, testCloudEvent } from '../../shared/cloud-event.ts'

type Context = InboxContext<WebhookSettings>

const endpointOf = (id: string, { settings }: Context): WebhookEndpoint | undefined =>
  settings.endpoints.find((endpoint) => endpoint.id === id)

const wantsType = (endpoint: WebhookEndpoint, event: RecordedEvent): boolean =>
  endpoint.enabled && asksFor(endpoint.types, event.type)

/** Whether an endpoint gets an event. One whose query can't be looked up gets it, so that its delivery says so and nothing is lost. */
function wants(endpoint: WebhookEndpoint, event: RecordedEvent, context: Context): boolean {
  if (!wantsType(endpoint, event)) return false
  const matches = queryMatches(endpoint.query, event, context.workspace, context.now())
  return !matches.ok || matches.value
}

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
  hostOf(target, context) {
    const url = endpointOf(target, context)?.url ?? ''
    return URL.canParse(url) ? new URL(url).host : undefined
  },
  withoutTarget: (settings, target) => ({
    ...settings,
    endpoints: settings.endpoints.map((each) => (each.id === target ? { ...each, enabled: false } : each)),
  }),
  targetName: (target, context) => endpointOf(target, context)?.name ?? target,
  async handle({ key, target, event }, context) {
    const endpoint = endpointOf(target, context)
    if (!endpoint) return giveUp('This endpoint was removed.')
    if (!endpoint.enabled) return skip('This endpoint is switched off.')
    // Whether the event matches was asked when it was taken up; a rule may send one that does not.
    const problem = queryProblem(endpoint.query, context.workspace, context.now())
    if (problem !== undefined)
      return giveUp(`The query of ${endpoint.name} can’t be used. ${problem} Mend it, then replay.`)
    return send(endpoint, key, JSON.stringify(cloudEvent(event, context.workspace)), context)
  },
  async test(context, target) {
    const endpoint = target === undefined ? context.settings.endpoints[0] : endpointOf(target, context)
    if (!endpoint)
      return giveUp(target === undefined ? 'There is no endpoint yet.' : 'This endpoint was removed.')
    const id = randomUUID()
    return send(endpoint, id, JSON.stringify(testCloudEvent(context.workspace, id, context.now())), context)
  },
}
