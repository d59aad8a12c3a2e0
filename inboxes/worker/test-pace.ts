import { environmentMistakes, testPaceSchema } from '#core/known-variables.ts'
import type { Pace } from '../contract/inbox.ts'

/**
 * The pace of every inbox as a test wants it, so that it need not wait hours for a dead letter: `DOCKET_TEST_PACE`, JSON like
 * `{"attempts":2,"firstBackoffMillis":1,"longestBackoffMillis":2}`.
 * @throws with a sentence where it is set to anything else: better no worker than one that forgets deliveries at a mistyped pace.
 */
export function testPace(text = process.env.DOCKET_TEST_PACE): Partial<Pace> {
  if (!text) return {}
  const [mistake] = environmentMistakes({ DOCKET_TEST_PACE: text }).refused
  if (mistake !== undefined) throw new Error(mistake)
  return testPaceSchema.parse(JSON.parse(text))
}
