import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { docket } from './testing/run-docket.ts'

let folder: string
let remove: () => void
const run = (...args: readonly string[]) => docket([...args, '--workspace', folder])
const said = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}
beforeAll(async () => {
  ;({ folder, remove } = temporaryFolder())
  await said('init', '--member', 'Ada')
})
afterAll(() => remove())

it('is given, shown, listed, taken away, and counted in what the workspace says', async () => {
  await said('new', 'Without')
  expect(await said('list')).not.toContain('ESTIMATE')
  await said('new', 'With', '--estimate', '3')
  expect(await said('show', '2')).toMatch(/^Estimate {3}3 points$/m)
  expect(await said('list')).toMatch(/ESTIMATE[\s\S]*3 points/)
  expect(await said('workspace', 'unit', 'estimate', 'hours')).toBe('Estimate is counted in hours.\n')
  expect(await said('show', '2')).toMatch(/^Estimate {3}3 h$/m)
  expect(JSON.parse(await said('workspace', 'show', '--json'))).toMatchObject({
    units: { estimate: 'hours' },
  })
  await said('edit', '1', '--estimate', '0.5')
  expect(await said('list', 'estimate:<1')).toContain('Without')
  await said('edit', '1', '--no-estimate')
  expect(await said('show', '1')).toMatch(/^Estimate {3}none$/m)
  expect(await run('edit', '1', '--estimate', '-2')).toMatchObject({ code: 1 })
  expect(await run('workspace', 'unit', 'estimate', 'days')).toMatchObject({ code: 2 })
}, 60_000)
