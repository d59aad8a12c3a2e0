import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import { asksFor } from '#core/events/reading.ts'
import {
  type DeliveringInbox,
  type DeliveryContext,
  delivered,
  giveUp,
  hold,
  type Outcome,
  retry,
} from '../../contract/inbox.ts'
import { mayMatch, queryProblem, querySetting } from '../../routed/query-match.ts'
import { whichEvents } from '../../routed/routed-settings.ts'
import { hostOfAddress } from '../../routed/routes.ts'
import { cloudEvent, cloudEventType, testCloudEvent } from '../../shared/cloud-event.ts'
import type { Broker, BrokerAddress, Publication } from './adapter.ts'
import { brokerSentence } from './broker-errors.ts'
import { brokerAddress, brokerUrl, openBroker } from './broker-url.ts'

const brokerSettings = z.object({
  url: z
    .string()
    .trim()
    .superRefine((text, context) => {
      const url = text === '' ? undefined : brokerUrl(text)
      if (url && !url.ok) context.addIssue({ code: 'custom', message: url.error.message })
    })
    .default(''),
  prefix: z
    .string()
    .trim()
    .max(100, 'The prefix has at most 100 characters.')
    .regex(
      /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
      'The prefix has letters, digits, - and _, in parts with a full stop between them.',
    )
    .default('docket'),
  /** Event types; empty for all. */
  types: z.array(z.string().trim()).default([]),
  query: querySetting,
  /** Of a Redis stream; 0 keeps all. */
  maxLength: z
    .number()
    .int('How many entries are kept is a whole number.')
    .min(0, 'How many entries are kept can’t be less than 0, which keeps all.')
    .default(0),
  /** PEM; where it is given, nobody else vouches for the server. */
  ca: z.string().default(''),
})
type BrokerSettings = z.infer<typeof brokerSettings>
type Context = DeliveryContext<BrokerSettings>

const form: readonly InboxField[] = [
  {
    kind: 'url',
    name: 'url',
    label: 'Address',
    help: 'redis, amqp, nats, mqtt or kafka; rediss, amqps, tls, mqtts or kafkas with encryption. The user name goes before the host, the password in its own field.',
    placeholder: 'amqps://docket@mq.example.org',
  },
  { kind: 'secret', name: 'password', label: 'Password', optional: true },
  {
    kind: 'text',
    name: 'prefix',
    label: 'Stream, exchange or topic',
    help: 'What names there begin with.',
    placeholder: 'docket',
  },
  ...whichEvents,
  {
    kind: 'number',
    name: 'maxLength',
    label: 'Entries kept (Redis)',
    help: '0 keeps all.',
    min: 0,
    max: 1_000_000_000,
  },
  {
    kind: 'multiline',
    name: 'ca',
    label: 'Certificate authority',
    help: 'Only for a server of your own whose certificate no public authority signed: the PEM text of what signed it.',
    optional: true,
  },
]

/** A part of a subject that no broker takes for a separator or a wildcard. */
const part = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '_')

/** The inbox that publishes events to a message broker, and what ends its connection. */
export type BrokerInbox = DeliveringInbox<BrokerSettings> & { close(): Promise<void> }

/** Publishes each event as a CloudEvent to a message broker; it keeps one connection, for the settings that it was last called with. */
export function brokerInbox(): BrokerInbox {
  let open: { readonly to: string; readonly broker: Promise<Broker> } | undefined

  async function close(): Promise<void> {
    const last = open
    open = undefined
    await (await last?.broker.catch(() => undefined))?.close()
  }

  function brokerAt(address: BrokerAddress): Promise<Broker> {
    const { url, password, prefix, maxLength, ca } = address
    const to = JSON.stringify([url.href, password, prefix, maxLength, ca])
    if (open?.to !== to) {
      void close()
      const broker = openBroker(address)
      open = { to, broker }
      // A client that could not be loaded is loaded again the next time.
      broker.catch(() => {
        if (open?.broker === broker) open = undefined
      })
      return broker
    }
    return open.broker
  }

  async function send(publication: Publication, { settings, secret, signal }: Context): Promise<Outcome> {
    const url = brokerUrl(settings.url)
    if (!url.ok) return hold(url.error.message)
    const { prefix, maxLength } = settings
    const ca = settings.ca.trim() === '' ? undefined : settings.ca
    const password = secret('password') || undefined
    const address = brokerAddress(url.value, { prefix, maxLength, ca, password })
    try {
      await (await brokerAt(address)).publish(publication, signal)
      return delivered(`${address.host}:${address.port} confirmed it.`)
    } catch (error) {
      return retry(brokerSentence(error, address, signal))
    }
  }

  return {
    name: 'broker',
    title: 'Message broker',
    about:
      'Publishes each event as a CloudEvent to Redis Streams, RabbitMQ, NATS JetStream, MQTT 5 or Kafka.',
    scope: 'own',
    onByDefault: false,
    settings: brokerSettings,
    form,
    pace: { concurrency: 16 },
    notReady: ({ settings, workspace, now }) =>
      settings.url === ''
        ? 'Enter the address of the broker.'
        : queryProblem(settings.query, workspace, now()),
    // A query that can't be looked up any more shows in `notReady`; until then more is better than less.
    shouldProcess: (event, context) =>
      asksFor(context.settings.types, event.type) && mayMatch(context.settings.query, event, context),
    handle: ({ key, event }, context) =>
      send(
        {
          path: [event.streamType, part(event.type)],
          workspaceId: context.workspace.workspace().id,
          streamId: event.streamId,
          key,
          contentType: cloudEventType,
          body: JSON.stringify(cloudEvent(event, context.workspace)),
        },
        context,
      ),
    targetName: (_, { settings }) => hostOfAddress(settings.url) ?? 'broker',
    test(context) {
      if (context.settings.url === '')
        return Promise.resolve(giveUp('Enter the address of the broker first.'))
      const key = randomUUID()
      const { id: workspaceId } = context.workspace.workspace()
      const body = JSON.stringify(testCloudEvent(context.workspace, key, context.now()))
      return send(
        { path: ['test'], workspaceId, streamId: workspaceId, key, contentType: cloudEventType, body },
        context,
      )
    },
    close,
  }
}
