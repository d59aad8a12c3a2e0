import { type Broker, type BrokerAddress, connectMillis, tlsOptions } from './adapter.ts'
import { brokerConnection } from './broker-connection.ts'

/** Publishes over MQTT 5 with QoS 1 to `docket/WORKSPACE/issue/commented`. */
export function mqtt(address: BrokerAddress): Broker {
  const { url, port, user, password, prefix } = address
  const tls = tlsOptions(address)
  const clients = brokerConnection(
    async (lost) => {
      const { connectAsync } = await import('mqtt')
      const client = await connectAsync(
        // With the brackets that an IPv6 address needs here.
        `${tls ? 'mqtts' : 'mqtt'}://${url.hostname}:${port}`,
        {
          protocolVersion: 5,
          ...(user === undefined ? {} : { username: user }),
          ...(password === undefined ? {} : { password }),
          ...tls,
          clean: true,
          connectTimeout: connectMillis,
          // The line dials again and the runner sends again: a message that a client kept for later would be sent twice.
          reconnectPeriod: 0,
          queueQoSZero: false,
        },
        false,
      )
      let trouble: unknown
      client.on('error', (error) => {
        trouble = error
      })
      client.on('close', () => lost(trouble))
      return client
    },
    (client) => client.endAsync(true),
  )
  return {
    publish: ({ path, workspaceId, key, contentType, body }, signal) =>
      clients.use(signal, async (client) => {
        await client.publishAsync([prefix, workspaceId, ...path].join('/'), body, {
          qos: 1,
          properties: { contentType, payloadFormatIndicator: true, userProperties: { key } },
        })
      }),
    close: () => clients.close(),
  }
}
