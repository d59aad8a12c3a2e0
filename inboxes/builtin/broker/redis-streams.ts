import { type Broker, type BrokerAddress, connectMillis, subjectOf, tlsOptions } from './adapter.ts'
import { brokerConnection } from './broker-connection.ts'

/** Adds each event to one Redis stream, called as the prefix. */
export function redisStreams(address: BrokerAddress): Broker {
  const { host, port, user, password, prefix, maxLength, url } = address
  const tls = tlsOptions(address)
  const redis = brokerConnection(
    async (lost) => {
      const { Redis } = await import('ioredis')
      const client = new Redis({
        host,
        port,
        db: Number(url.pathname.slice(1) || 0),
        ...(user === undefined ? {} : { username: user }),
        ...(password === undefined ? {} : { password }),
        ...(tls ? { tls } : {}),
        connectTimeout: connectMillis,
        connectionName: 'docket',
        lazyConnect: true,
        // The line dials again and the runner sends again: a command that a client kept for later would be sent twice.
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      })
      let trouble: unknown
      client.on('error', (error) => {
        trouble ??= error
      })
      client.on('end', () => lost(trouble))
      // `connectTimeout` ends with the TCP connection; a server that then says nothing would be waited for without end.
      const limit = setTimeout(() => client.disconnect(), connectMillis)
      try {
        await client.connect()
      } catch (error) {
        client.disconnect()
        throw trouble ?? error
      } finally {
        clearTimeout(limit)
      }
      return client
    },
    async (client) => client.disconnect(),
  )
  return {
    publish: (publication, signal) =>
      redis.use(signal, async (client) => {
        const { key, contentType, body } = publication
        const subject = subjectOf(prefix, publication)
        const fields = ['key', key, 'subject', subject, 'content-type', contentType, 'event', body] as const
        if (maxLength > 0) await client.xadd(prefix, 'MAXLEN', '~', maxLength, '*', ...fields)
        else await client.xadd(prefix, '*', ...fields)
      }),
    close: () => redis.close(),
  }
}
