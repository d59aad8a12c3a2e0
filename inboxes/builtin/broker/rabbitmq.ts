import { type Broker, type BrokerAddress, connectMillis, subjectOf, tlsOptions } from './adapter.ts'
import { brokerConnection } from './broker-connection.ts'

/** Publishes to a durable topic exchange, called as the prefix, and waits for the broker's confirmation. AMQP 0-9-1. */
export function rabbitmq(address: BrokerAddress): Broker {
  const { host, port, user, password, prefix, url } = address
  const tls = tlsOptions(address)
  const channels = brokerConnection(
    async (lost) => {
      const { connect } = await import('amqplib')
      const connection = await connect(
        {
          protocol: tls ? 'amqps' : 'amqp',
          hostname: host,
          port,
          username: user ?? 'guest',
          password: password ?? 'guest',
          vhost: decodeURIComponent(url.pathname.slice(1)) || '/',
          heartbeat: 30,
        },
        { timeout: connectMillis, clientProperties: { connection_name: 'docket' }, ...tls },
      )
      let trouble: unknown
      connection.on('error', (error) => {
        trouble = error
      })
      connection.on('close', () => lost(trouble))
      const channel = await connection.createConfirmChannel()
      // A channel that the broker closes takes its connection along, so that the next attempt begins with both.
      channel.on('error', (error) => {
        trouble = error
      })
      channel.on('close', () => {
        lost(trouble)
        connection.close().catch(() => {})
      })
      try {
        await channel.assertExchange(prefix, 'topic', { durable: true })
      } catch (error) {
        connection.close().catch(() => {})
        throw error
      }
      return { connection, channel }
    },
    ({ connection }) => connection.close(),
  )
  return {
    publish: (publication, signal) =>
      channels.use(
        signal,
        ({ channel }) =>
          new Promise<void>((resolve, reject) => {
            channel.publish(
              prefix,
              subjectOf(prefix, publication),
              Buffer.from(publication.body),
              {
                persistent: true,
                contentType: publication.contentType,
                messageId: publication.key,
                appId: 'docket',
                type: publication.path.join('.'),
              },
              (error) => {
                if (error) reject(error)
                else resolve()
              },
            )
          }),
      ),
    close: () => channels.close(),
  }
}
