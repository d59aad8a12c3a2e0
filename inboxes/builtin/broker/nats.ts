import type { JetStreamClient } from '@nats-io/jetstream'
import { type Broker, type BrokerAddress, connectMillis, subjectOf, tlsOptions } from './adapter.ts'
import { brokerConnection } from './broker-connection.ts'

/** How long JetStream remembers keys of a stream that Docket made: longer than a delivery is tried. In nanoseconds. */
const duplicateWindow = 24 * 3_600 * 1_000_000_000

/** That no stream takes the subject, and Docket could not make one. */
export class NoStreamError extends Error {}

/** Publishes to JetStream with the key as message id, so that the server drops what it has already. */
export function nats(address: BrokerAddress): Broker {
  const { host, port, user, password, prefix } = address
  const tls = tlsOptions(address)
  const streams = brokerConnection(
    async (lost) => {
      const { connect } = await import('@nats-io/transport-node')
      const { jetstream, jetstreamManager } = await import('@nats-io/jetstream')
      const connection = await connect({
        servers: `${host.includes(':') ? `[${host}]` : host}:${port}`,
        name: 'docket',
        timeout: connectMillis,
        reconnect: false,
        ignoreClusterUpdates: true,
        // Without a user name the password is what NATS calls a token.
        ...(user === undefined
          ? password === undefined
            ? {}
            : { token: password }
          : { user, ...(password === undefined ? {} : { pass: password }) }),
        ...(tls ? { tls: address.ca === undefined ? {} : { ca: address.ca } } : {}),
      })
      connection.closed().then(lost, lost)
      try {
        const manager = await jetstreamManager(connection, { checkAPI: false })
        await manager.streams.find(`${prefix}.issue.created`).catch(() =>
          manager.streams.add({
            name: prefix.replaceAll('.', '_'),
            subjects: [`${prefix}.>`],
            duplicate_window: duplicateWindow,
          }),
        )
      } catch {
        // Not allowed to look or to make one; whether there is a stream shows when something is published.
      }
      return { connection, client: jetstream(connection) }
    },
    ({ connection }) => connection.close(),
  )

  async function send(client: JetStreamClient, subject: string, key: string, type: string, body: string) {
    const { headers } = await import('@nats-io/transport-node')
    const described = headers()
    described.set('content-type', type)
    try {
      await client.publish(subject, body, { msgID: key, headers: described, timeout: connectMillis })
    } catch (error) {
      const names = [error, error instanceof Error ? error.cause : undefined].map((each) =>
        each instanceof Error ? each.name : '',
      )
      if (names.includes('NoRespondersError') || names.includes('JetStreamNotEnabled'))
        throw new NoStreamError(`No JetStream stream takes the subject ${subject}.`, { cause: error })
      throw error
    }
  }

  return {
    publish: (publication, signal) =>
      streams.use(signal, ({ client }) =>
        send(
          client,
          subjectOf(prefix, publication),
          publication.key,
          publication.contentType,
          publication.body,
        ),
      ),
    close: () => streams.close(),
  }
}
