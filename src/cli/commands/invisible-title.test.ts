import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from '../testing/run-docket.ts'

let folder: string
let remove: () => void
const run = (...args: readonly string[]) => docket([...args, '--workspace', folder])
beforeEach(async () => {
  ;({ folder, remove } = temporaryFolder())
  await run('init', '--member', 'Ada')
})
afterEach(() => remove())

it('a title with nothing to see in it is refused as an empty one is, for a new issue and an old one', async () => {
  const empty = await run('new', '')
  expect(empty.code).not.toBe(0)
  await run('new', 'Seen')
  // A zero width space, joiners, a Hangul filler, Braille's empty pattern.
  for (const unseen of ['\u200b', '\u200d\u2060\ufeff', '\u3164', ' \u2800 ']) {
    const made = await run('new', unseen)
    expect(made.code).toBe(empty.code)
    expect(made.stderr).toMatch(
      /The title is empty: it has no character that can be seen.*\[invalid_command\]\n$/,
    )
    const changed = await run('edit', '1', '--title', unseen)
    expect(changed.code).toBe(empty.code)
    expect(changed.stderr).toMatch(/it has no character that can be seen/)
  }
  const { issues } = JSON.parse((await run('list', '--json')).stdout)
  expect(issues.map(({ title }: { title: string }) => title)).toEqual(['Seen'])
})
