import { expect, it } from 'vitest'
import { calls } from './calls.ts'
import { follows, whatFollows } from './follows.ts'

/** Asked at each use and kept nowhere. */
const askedOnce = ['rules.dryRun']

it('every call that reads says what makes its answer stale, or is asked at each use', () => {
  const reads = Object.keys(calls).filter((name) =>
    /\.(?:list|get|info|page|strip|count|order|plot|status|notes|dryRun)$|^search\./.test(name),
  )
  expect(reads.filter((name) => !(name in follows) && !askedOnce.includes(name))).toEqual([])
})

it('an answer about one issue is about it and the issues that it links to', () => {
  const issue = { id: 'a', links: [{ issue: { id: 'b' } }] } as never
  expect(follows['issues.get'].about({ key: 'DOC-1' }, issue)).toEqual(['a', 'b'])
  expect(follows['issues.get'].about({ key: 'DOC-1' }, undefined)).toBeNull()
  expect(follows['feed.page'].about({ scope: { kind: 'workspace' } })).toBeNull()
  expect(follows['feed.page'].about({ scope: { kind: 'issue', issueId: 'a' as never } })).toEqual(['a'])
  expect(follows['history.strip'].about({ over: { kind: 'query', query: 'is:open' } })).toBeNull()
})

it('a name that is no kept call follows nothing', () => {
  expect(whatFollows('commands.execute')).toBeUndefined()
  expect(whatFollows('toString')).toBeUndefined()
})
