import { done, type Result, refuse } from '#core/values/refusal.ts'
import { type Broker, type BrokerAddress, saslMechanisms } from './adapter.ts'

const saslNames: readonly string[] = saslMechanisms.map((name) => name.toLowerCase())

type Kind = { readonly port: number; readonly tls: boolean; readonly load: () => Promise<Connect> }
type Connect = (address: BrokerAddress) => Broker

// Each client is loaded with its first use: nobody pays for four that they don't have.
const redis = async (): Promise<Connect> => (await import('./redis-streams.ts')).redisStreams
const rabbit = async (): Promise<Connect> => (await import('./rabbitmq.ts')).rabbitmq
const nats = async (): Promise<Connect> => (await import('./nats.ts')).nats
const mqtt = async (): Promise<Connect> => (await import('./mqtt.ts')).mqtt
const kafka = async (): Promise<Connect> => (await import('./kafka.ts')).kafka

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['redis', { port: 6379, tls: false, load: redis }],
  ['rediss', { port: 6379, tls: true, load: redis }],
  ['amqp', { port: 5672, tls: false, load: rabbit }],
  ['amqps', { port: 5671, tls: true, load: rabbit }],
  ['nats', { port: 4222, tls: false, load: nats }],
  ['tls', { port: 4222, tls: true, load: nats }],
  ['mqtt', { port: 1883, tls: false, load: mqtt }],
  ['mqtts', { port: 8883, tls: true, load: mqtt }],
  ['kafka', { port: 9092, tls: false, load: kafka }],
  ['kafkas', { port: 9093, tls: true, load: kafka }],
])

const schemeOf = (url: URL): string => url.protocol.slice(0, -1)

/** Reads a broker's address. @returns a refusal where it has an unknown scheme, no host, or a password inside. */
export function brokerUrl(text: string): Result<URL> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return refuse('invalid_input', 'This is not an address like amqp://mq.example.org.')
  if (!kinds.has(schemeOf(url)))
    return refuse(
      'invalid_input',
      `The address must begin with ${[...kinds.keys()].map((scheme) => `${scheme}://`).join(', ')}; "${schemeOf(url)}" is none of them.`,
    )
  if (url.hostname === '') return refuse('invalid_input', 'The address names no host.')
  if (url.password !== '')
    return refuse(
      'invalid_input',
      'The address must not hold a password: settings are shown to whoever looks. Enter it in the field below.',
    )
  if (/^rediss?:$/.test(url.protocol) && !/^\/?\d{0,4}$/.test(url.pathname))
    return refuse('invalid_input', 'After the host of a Redis comes nothing, or the number of a database.')
  if (/^amqps?:$/.test(url.protocol) && !isDecodable(url.pathname))
    return refuse('invalid_input', 'The virtual host in the address can’t be read: a % in it is written %25.')
  const sasl = url.searchParams.get('sasl')
  if (/^kafkas?:$/.test(url.protocol) && sasl !== null && !saslNames.includes(sasl))
    return refuse('invalid_input', `"sasl" is one of ${saslNames.join(', ')}.`)
  return done(url)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

type Access = Pick<BrokerAddress, 'prefix' | 'maxLength' | 'ca' | 'password'>

/** Where an address leads, with what else there is to know. @param url one that `brokerUrl` took. */
export function brokerAddress(url: URL, access: Access): BrokerAddress {
  const kind = kinds.get(schemeOf(url))
  return {
    ...access,
    url,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (kind?.port ?? 0) : Number(url.port),
    tls: kind?.tls ?? false,
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
  }
}

/** A broker for an address; nothing is connected yet. @throws Error where the scheme is unknown. */
export async function openBroker(address: BrokerAddress): Promise<Broker> {
  const kind = kinds.get(schemeOf(address.url))
  if (!kind) throw new Error(`no broker speaks ${address.url.protocol}`)
  return (await kind.load())(address)
}
