import { afterAll, describe, expect, it } from 'vitest'
import { maxBodyBytes, utf8Length } from '#core/text/text.ts'
import { testFolder } from '../testing/collected-import.ts'
import { bead, importOf as importFrom } from '../testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

describe('texts of any source', () => {
  it('control characters, lone surrogates, emoji, RTL and CJK come through fit for the log', async () => {
    const title = 'a\u0000b\u001b[31m \ud800 👩‍👩‍👧 مرحبا 漢字\r\nline'
    const read = await importOf(
      'beads',
      bead('x-1', {
        title,
        description: `${title}\t\uFFFD`,
        labels: ['\ud800', '漢字'],
        owner: 'half \udfff',
      }),
    )
    expect(read.invalid).toEqual([])
    const issue = read.issues.get('x-1')
    expect(issue?.title).toBe('a b [31m \uFFFD 👩‍👩‍👧 مرحبا 漢字 line')
    expect(issue?.description).toBe('a\uFFFDb\uFFFD[31m \uFFFD 👩‍👩‍👧 مرحبا 漢字\nline\t\uFFFD')
    for (const stream of read.streams)
      expect(JSON.stringify(stream).isWellFormed() && !JSON.stringify(stream).includes('\\ud800')).toBe(true)
  })

  it('a body of megabytes is cut at the limit, between two characters, and says so', async () => {
    const read = await importOf('beads', bead('x-1', { description: '漢'.repeat(1_000_000) }))
    const description = read.issues.get('x-1')?.description ?? ''
    expect(utf8Length(description)).toBeLessThanOrEqual(maxBodyBytes)
    expect(description).not.toContain('\uFFFD')
    expect(description).toMatch(/\n\n\[Cut off on import: \d+ more bytes, over the limit of 1 MiB\]$/)
    const cut = Number(/import: (\d+)/.exec(description)?.[1])
    expect(read.eventsOf('x-1')[0]?.metadata).toMatchObject({ source: { cutBytes: cut } })
    expect(utf8Length(description.slice(0, description.indexOf('\n\n[Cut'))) + cut).toBe(3_000_000)
  })

  it('what Docket has no field for is kept with the creation, without empty values and addresses of the API', async () => {
    const read = await importOf(
      'beads',
      bead('x-1', {
        estimate: 5,
        empty: '',
        none: null,
        self: 'http://x',
        deep: { a: null, b: [1, ''] },
        __proto__: 1,
      }),
    )
    expect(read.eventsOf('x-1')[0]?.metadata).toEqual({
      asOf: Date.parse('2025-10-13T00:00:00Z'),
      originalHash: expect.any(String),
      triggeredBy: 'import',
      source: { estimate: 5, deep: { b: [1] }, status: 'open' },
    })
  })
})
