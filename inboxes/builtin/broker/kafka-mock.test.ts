import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { brokerAddress } from './broker-url.ts'
import { kafka } from './kafka.ts'

// Against librdkafka's own brokers, which kcat starts in its process and reads from: an implementation that is not the client's.
const missing = spawnSync('kcat', ['-V']).error ? 'kcat (Debian: apt-get install kcat)' : undefined

const running: ChildProcess[] = []
afterEach(() => {
  for (const each of running.splice(0)) each.kill('SIGKILL')
})

/** Starts a cluster of one broker with a reader on the topic. */
async function mockCluster(topic: string) {
  const brokers = ['-b', '127.0.0.1:1', '-X', 'test.mock.num.brokers=1', '-X', 'debug=mock']
  const reader = spawn(
    'kcat',
    [
      ...brokers,
      '-C',
      '-u',
      '-t',
      topic,
      '-o',
      'beginning',
      '-f',
      '%k|%h|%s\\n',
      '-X',
      'topic.metadata.refresh.interval.ms=200',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  running.push(reader)
  let read = ''
  let said = ''
  reader.stdout.setEncoding('utf8').on('data', (text: string) => {
    read += text
  })
  reader.stderr.setEncoding('utf8')
  for await (const [text] of [await once(reader.stderr, 'data')] as [string][]) said += text
  while (!/bootstrap\.servers=127\.0\.0\.1:(\d+)/.test(said))
    said += String((await once(reader.stderr, 'data'))[0])
  reader.stderr.resume()
  const port = /bootstrap\.servers=127\.0\.0\.1:(\d+)/.exec(said)?.[1]
  return { port, read: () => read }
}

describe.skipIf(missing !== undefined)(
  `Kafka, as librdkafka speaks it${missing ? `, which needs ${missing}` : ''}`,
  () => {
    test('what is published arrives, in order, keyed by its issue', { timeout: 30_000 }, async () => {
      const cluster = await mockCluster('docket')
      const broker = kafka(
        brokerAddress(new URL(`kafka://127.0.0.1:${cluster.port}`), {
          prefix: 'docket',
          maxLength: 0,
          ca: undefined,
          password: undefined,
        }),
      )
      const signal = AbortSignal.timeout(20_000)
      for (const n of [1, 2, 3])
        await broker.publish(
          {
            path: ['issue', 'commented'],
            workspaceId: 'workspace',
            streamId: 'issue-one',
            key: `key-${n}`,
            contentType: 'application/cloudevents+json',
            body: `{"n":${n}}`,
          },
          signal,
        )
      await expect.poll(() => cluster.read().trim().split('\n').length, { timeout: 15_000 }).toBe(3)
      expect(cluster.read().trim().split('\n')).toEqual(
        [1, 2, 3].map((n) => `issue-one|content-type=application/cloudevents+json,key=key-${n}|{"n":${n}}`),
      )
      await broker.close()
    })
  },
)
