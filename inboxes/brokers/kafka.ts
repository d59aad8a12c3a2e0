import type { ProduceOptions, Producer, ProducerOptions } from '@platformatic/kafka'
import { type Broker, type BrokerAddress, connectMillis, saslMechanisms, tlsOptions } from './broker.ts'
import { line } from './line.ts'

type Options = ProducerOptions<string, string, string, string>
type Messages = Pick<Producer<string, string, string, string>, 'send' | 'close'>

/** Acknowledged by all replicas that are in sync. */
const acksOfAll = -1

async function realProducer(options: Options): Promise<Messages> {
  const { Producer, stringSerializers } = await import('@platformatic/kafka')
  return new Producer({ ...options, serializers: stringSerializers })
}

/** Whether a cluster refuses producers that remember what they sent, which needs a right of its own. */
function refusesIdempotence(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const own = 'apiId' in error && error.apiId === 'CLUSTER_AUTHORIZATION_FAILED'
  const inner = error instanceof AggregateError ? error.errors : []
  return own || [error.cause, ...inner].some(refusesIdempotence)
}

/** Publishes to one Kafka topic, called as the prefix, with the stream's id as key: the events of an issue stay in order. */
export function kafka(
  address: BrokerAddress,
  makeProducer: (options: Options) => Promise<Messages> = realProducer,
): Broker {
  const { host, port, user, password, prefix, url } = address
  const tls = tlsOptions(address)
  const asked = url.searchParams.get('sasl')
  const mechanism = saslMechanisms.find((name) => name.toLowerCase() === asked) ?? saslMechanisms[0]
  let idempotent = true
  const producers = line(
    () =>
      makeProducer({
        clientId: 'docket',
        bootstrapBrokers: [{ host, port }],
        ...(tls ? { tls } : {}),
        ...(user === undefined ? {} : { sasl: { mechanism, username: user, password: password ?? '' } }),
        acks: acksOfAll,
        connectTimeout: connectMillis,
        requestTimeout: connectMillis,
        // Once more at most for what passes in an instant (a new leader); the runner paces the rest.
        retries: 1,
        autocreateTopics: true,
      }),
    (producer) => producer.close(),
  )
  return {
    publish: ({ streamId, key, contentType, body }, signal) =>
      producers.use(signal, async (producer) => {
        const send = (options: ProduceOptions<string, string, string, string>) =>
          producer.send({
            messages: [
              { topic: prefix, key: streamId, value: body, headers: { 'content-type': contentType, key } },
            ],
            acks: acksOfAll,
            ...options,
          })
        try {
          await send({ idempotent })
        } catch (error) {
          if (!idempotent || !refusesIdempotence(error)) throw error
          idempotent = false
          await send({ idempotent })
        }
      }),
    close: () => producers.close(),
  }
}
