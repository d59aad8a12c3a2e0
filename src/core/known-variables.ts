import { z } from 'zod'
import { didYouMean, nearNames } from './text/near-names.ts'

/** The pace of every inbox as a test wants it. */
export const testPaceSchema = z.strictObject({
  attempts: z.int().positive(),
  firstBackoffMillis: z.int().positive(),
  longestBackoffMillis: z.int().positive(),
})

const paceShape = '{"attempts":2,"firstBackoffMillis":1,"longestBackoffMillis":2}'

function paceMistake(value: string): string | undefined {
  let read: unknown
  try {
    read = JSON.parse(value)
  } catch {
    return `is no JSON; it takes ${paceShape}`
  }
  const parsed = testPaceSchema.safeParse(read)
  if (parsed.success) return undefined
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.')
  return `${at ? `has a wrong "${at}"` : 'is of another shape'} (${issue?.message ?? 'not valid'}); it takes ${paceShape}`
}

const oneOf =
  (...values: readonly string[]) =>
  (value: string): string | undefined =>
    values.includes(value) ? undefined : `is "${value}"; it takes ${values.join(' or ')}`
const whole = (value: string): string | undefined =>
  /^\d{1,9}$/.test(value) ? undefined : `is "${value}"; it takes a whole number`
const anything = (): undefined => undefined

/** Every variable of the environment that Docket or its tests read, with what is wrong with a value. */
export const knownVariables: Readonly<Record<string, (value: string) => string | undefined>> = {
  DOCKET_WORKSPACE: anything,
  DOCKET_HOST: oneOf('web', 'desktop'),
  DOCKET_TRACE: anything,
  DOCKET_CHROMIUM: anything,
  DOCKET_ELECTRON: anything,
  DOCKET_METRICS_TOKEN: anything,
  DOCKET_SCREENSHOTS: anything,
  DOCKET_BENCH_DIR: anything,
  DOCKET_BENCH_EVENTS: whole,
  DOCKET_BENCH_ISSUES: whole,
  DOCKET_CONVERGENCE_RUNS: whole,
  DOCKET_LATE_RUNS: whole,
  DOCKET_REAL_SCHEDULES: whole,
  DOCKET_SYNC_KILLS: whole,
  DOCKET_WAITING_RUNS: whole,
  DOCKET_TEST_AMQP_URL: anything,
  DOCKET_TEST_HIDDEN: anything,
  DOCKET_TEST_KILLS: whole,
  DOCKET_TEST_LONG: anything,
  DOCKET_TEST_MQTT_URL: anything,
  DOCKET_TEST_NATS_URL: anything,
  DOCKET_TEST_PACE: paceMistake,
  DOCKET_TEST_REDIS_URL: anything,
  DOCKET_TEST_SECRET: anything,
  DOCKET_TEST_SEED: anything,
  /** The secret of the receiver in docs/webhooks.md. */
  DOCKET_SECRET: anything,
  /** The composed server's address; read by compose.yaml. */
  DOCKET_URL: anything,
}

/** What is wrong with the environment: values that can't be meant, and names that nobody reads. */
export type EnvironmentMistakes = {
  /** Sentences for which nothing should be started. */
  readonly refused: readonly string[]
  /** Sentences that a person should read. */
  readonly warned: readonly string[]
}

/** Looks at the `DOCKET_` variables of an environment. An empty one is as good as none. */
export function environmentMistakes(
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentMistakes {
  const names = Object.keys(knownVariables)
  const refused: string[] = []
  const warned: string[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('DOCKET_') || !value) continue
    const check = knownVariables[name]
    if (check) {
      const mistake = check(value)
      if (mistake) refused.push(`${name} ${mistake}.`)
      continue
    }
    const near = nearNames(name, names, (known) => [known]).slice(0, 1)
    warned.push(`Nothing reads the variable ${name}.${didYouMean(near)}`)
  }
  return { refused, warned }
}
