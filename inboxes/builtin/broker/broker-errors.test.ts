import { expect, test } from 'vitest'
import { brokerSentence } from './broker-errors.ts'
import { brokerAddress } from './broker-url.ts'

const address = brokerAddress(new URL('amqp://docket@mq.example.org'), {
  prefix: 'docket',
  maxLength: 0,
  ca: undefined,
  password: 'battery staple',
})
const never = new AbortController().signal
const at = 'mq.example.org:5672'

// What cannot be brought about on a broker that others use too, in the words of the broker.
test.each([
  [
    'RabbitMQ does not let somebody make or use the exchange',
    new Error(
      `Operation failed: ExchangeDeclare; 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - configure access to exchange 'docket' in vhost '/' refused for user 'docket'"`,
    ),
    `${at} does not let docket publish there: `,
  ],
  [
    'Redis does not let somebody write the stream',
    new Error('NOPERM User docket has no permissions to access one of the keys used as arguments'),
    `${at} does not let docket publish there: NOPERM`,
  ],
  [
    'Kafka refuses a name',
    new AggregateError([
      Object.assign(new Error('Authentication failed.'), { code: 'PLT_KFK_AUTHENTICATION' }),
    ]),
    `${at} refused the user name "docket" or its password.`,
  ],
  [
    'a port speaks no TLS',
    Object.assign(new Error('wrong version number'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
    `${at} does not speak TLS on this port.`,
  ],
  ['a connection ends without a word', new Error('Connection is closed.'), `${at} closed the connection`],
  ['an error of no kind is quoted', new Error('stream is\nfull'), `${at} did not take it: stream is full`],
])('%s', (_name, error, sentence) => {
  expect(brokerSentence(error, address, never)).toContain(sentence)
})

test('a sentence never holds the password', () => {
  const said = brokerSentence(new Error('no: AUTH docket battery staple'), address, never)
  expect(said).toBe(`${at} did not take it: no: AUTH docket •••`)
})
