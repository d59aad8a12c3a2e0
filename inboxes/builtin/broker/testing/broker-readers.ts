import { createConnection } from 'node:net'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect as connectNats } from '@nats-io/transport-node'
import { connect as connectAmqp } from 'amqplib'
import { Redis } from 'ioredis'
import { connectAsync as connectMqtt } from 'mqtt'

/** What a consumer of a broker sees. */
export type Received = {
  /** Topic, routing key or subject. */
  readonly where: string
  readonly key: string
  readonly contentType: string
  readonly body: string
}
/** A second client that reads what was published under a prefix. */
export type BrokerReader = {
  received(): Promise<readonly Received[]>
  /** Deletes what was made under the prefix, and hangs up. */
  remove(): Promise<void>
}

async function redisReader(url: string, prefix: string): Promise<BrokerReader> {
  const client = new Redis(url)
  return {
    async received() {
      const entries = await client.xrange(prefix, '-', '+')
      return entries.map(([, fields]) => {
        const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? ''
        return {
          where: field('subject'),
          key: field('key'),
          contentType: field('content-type'),
          body: field('event'),
        }
      })
    },
    async remove() {
      await client.del(prefix)
      client.disconnect()
    },
  }
}

async function rabbitReader(url: string, prefix: string): Promise<BrokerReader> {
  const connection = await connectAmqp(url)
  const channel = await connection.createChannel()
  const all: Received[] = []
  await channel.assertExchange(prefix, 'topic', { durable: true })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, prefix, '#')
  await channel.consume(
    queue,
    (message) => {
      if (!message) return
      const { contentType, messageId, deliveryMode } = message.properties
      if (deliveryMode !== 2) throw new Error('not persistent')
      all.push({
        where: message.fields.routingKey,
        key: messageId,
        contentType,
        body: message.content.toString(),
      })
    },
    { noAck: true },
  )
  return {
    received: async () => all,
    async remove() {
      await channel.deleteExchange(prefix)
      await connection.close()
    },
  }
}

async function natsReader(url: string, prefix: string): Promise<BrokerReader> {
  const connection = await connectNats({ servers: url })
  const manager = await jetstreamManager(connection)
  return {
    async received() {
      const { state } = await manager.streams.info(prefix)
      const all: Received[] = []
      for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
        const message = await manager.streams.getMessage(prefix, { seq })
        if (!message) continue
        all.push({
          where: message.subject,
          key: message.header.get('Nats-Msg-Id'),
          contentType: message.header.get('content-type'),
          body: message.string(),
        })
      }
      return all
    },
    async remove() {
      await manager.streams.delete(prefix).catch(() => {})
      await connection.close()
    },
  }
}

async function mqttReader(url: string, prefix: string): Promise<BrokerReader> {
  const client = await connectMqtt(url, { protocolVersion: 5 })
  const all: Received[] = []
  client.on('message', (topic, payload, { properties, qos }) => {
    if (qos !== 1) throw new Error('not sent with QoS 1')
    all.push({
      where: topic,
      key: String(properties?.userProperties?.key),
      contentType: properties?.contentType ?? '',
      body: payload.toString(),
    })
  })
  await client.subscribeAsync(`${prefix}/#`, { qos: 1 })
  return {
    received: async () => all,
    async remove() {
      await client.endAsync(true)
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createConnection(Number(port), hostname)
  socket.setTimeout(2_000, () => resolve(false))
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  const there = await promise
  socket.destroy()
  return there
}

const service = async (
  name: string,
  variable: string,
  usual: string,
  reader: (url: string, prefix: string) => Promise<BrokerReader>,
) => {
  const url = process.env[variable] ?? usual
  return { name, url, reader, there: await answers(url) }
}

/** A broker that tests may use, where it is `there`. */
export type BrokerService = Awaited<ReturnType<typeof service>>

/** The brokers of this machine, or those that `DOCKET_TEST_…_URL` names. */
export const brokerServices = (): Promise<BrokerService[]> =>
  Promise.all([
    service('Redis', 'DOCKET_TEST_REDIS_URL', 'redis://127.0.0.1:6379', redisReader),
    service('RabbitMQ', 'DOCKET_TEST_AMQP_URL', 'amqp://guest:guest@127.0.0.1:5672', rabbitReader),
    service('NATS', 'DOCKET_TEST_NATS_URL', 'nats://127.0.0.1:4222', natsReader),
    service('Mosquitto', 'DOCKET_TEST_MQTT_URL', 'mqtt://127.0.0.1:1883', mqttReader),
  ])
