import { expect, it } from 'vitest'
import { environmentMistakes } from './known-variables.ts'

it.each([
  [
    'DOCKET_TEST_PCAE',
    '{}',
    'warned',
    /^Nothing reads the variable DOCKET_TEST_PCAE\. Did you mean DOCKET_TEST_PACE\?$/,
  ],
  ['DOCKET_WORKSPCE', '/tmp/x', 'warned', /Did you mean DOCKET_WORKSPACE\?$/],
  ['DOCKET_XYZZY_QUUX', '1', 'warned', /^Nothing reads the variable DOCKET_XYZZY_QUUX\.$/],
  ['DOCKET_TEST_PACE', '{attempts:2}', 'refused', /^DOCKET_TEST_PACE is no JSON; it takes \{"attempts":2/],
  ['DOCKET_TEST_PACE', '{"attempts":2}', 'refused', /^DOCKET_TEST_PACE has a wrong "firstBackoffMillis"/],
  [
    'DOCKET_TEST_PACE',
    '{"attempts":0,"firstBackoffMillis":1,"longestBackoffMillis":1}',
    'refused',
    /wrong "attempts"/,
  ],
  ['DOCKET_HOST', 'wbe', 'refused', /^DOCKET_HOST is "wbe"; it takes web or desktop\.$/],
  ['DOCKET_BENCH_ISSUES', 'many', 'refused', /a whole number/],
] as const)('%s=%s is %s', (name, value, how, sentence) => {
  const found = environmentMistakes({ [name]: value, PATH: '/bin' })
  expect(found[how]).toEqual([expect.stringMatching(sentence)])
  expect(found[how === 'warned' ? 'refused' : 'warned']).toEqual([])
})

it('what is right, empty or another program’s is nobody’s business', () => {
  const right = {
    DOCKET_TEST_PACE: '{"attempts":2,"firstBackoffMillis":1,"longestBackoffMillis":2}',
    DOCKET_WORKSPACE: '',
    DOCKER_HOST: 'x',
  }
  expect(environmentMistakes(right)).toEqual({ refused: [], warned: [] })
})
