import type { Producer, ProducerOptions } from '@platformatic/kafka'
import { type Broker, type BrokerAddress, connectMillis, saslMechanisms, tlsOptions } from './adapter.ts'
import { brokerConnection } from './broker-connection.ts'

type Options = ProducerOptions<string, string, string, string>
type Messages = Pick<Producer<string, string, string, string>, 'send' | 'close'>

/** Acknowledged by all replicas that are in sync. */
const acksOfAll = -1

async function realProducer(options: Options): Promise<Messages> {
  const { Producer, stringSerializers } = await import('@platformatic/kafka')
  return new Producer({ ...options, serializers: stringSerializers })
}

/**
 * Publishes to one Kafka topic, called as the prefix, with the stream's id as key: the events of an issue stay in order. The plain producer: the client's
 * idempotent one asks for its id with 0 and 0 instead of -1 and -1, and what a cluster refuses there it waits for for ever (@platformatic/kafka 2.12). Of
 * one issue one event is under way at a time, and the header `key` is the same at every repeat, so nothing is lost by it.
 */
export function kafka(
  address: BrokerAddress,
  makeProducer: (options: Options) => Promise<Messages> = realProducer,
): Broker {
  const { host, port, user, password, prefix, url } = address
  const tls = tlsOptions(address)
  const asked = url.searchParams.get('sasl')
  const mechanism = saslMechanisms.find((name) => name.toLowerCase() === asked) ?? saslMechanisms[0]
  const producers = brokerConnection(
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
        await producer.send({
          messages: [
            { topic: prefix, key: streamId, value: body, headers: { 'content-type': contentType, key } },
          ],
          acks: acksOfAll,
        })
      }),
    close: () => producers.close(),
  }
}
