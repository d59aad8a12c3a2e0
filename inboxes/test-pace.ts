import { z } from 'zod'
import type { Pace } from './inbox.ts'

const pace = z.strictObject({
  attempts: z.int().positive(),
  firstBackoffMillis: z.int().positive(),
  longestBackoffMillis: z.int().positive(),
})

/**
 * The pace of every inbox as a test wants it, so that it need not wait hours for a dead letter: `DOCKET_TEST_PACE`, JSON like
 * `{"attempts":2,"firstBackoffMillis":1,"longestBackoffMillis":2}`.
 * @throws where it is set to anything else: better no worker than one that forgets deliveries at a mistyped pace.
 */
export const testPace = (text = process.env.DOCKET_TEST_PACE): Partial<Pace> =>
  text ? pace.parse(JSON.parse(text)) : {}
