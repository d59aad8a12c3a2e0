import { afterAll, describe, expect, it } from 'vitest'
import type { ImportFormat } from '#contract/import-formats.ts'

import { testFolder } from './testing/collected-import.ts'
import { bead, change, creation, importOf as importFrom, type Json, jira } from './testing/source-records.ts'

const files = testFolder()
afterAll(() => files.dispose())
const importOf = importFrom(files)

describe('every source', () => {
  const samples: Record<string, { format: ImportFormat; head: readonly Json[]; more: readonly Json[] }> = {
    jira: {
      format: 'jira',
      head: [jira('AB-1', { labels: ['x'] }), jira('AB-2')],
      more: [jira('AB-3', { reporter: { key: 'new', displayName: 'New' } })],
    },
    beads: {
      format: 'beads',
      head: [bead('x-1', { labels: ['x'] }), bead('x-2', { status: 'closed' })],
      more: [bead('x-3')],
    },
    'beads-events': {
      format: 'beads-events',
      head: [creation('x-1'), creation('x-2'), change('x-1', 'status', 'open', 'closed')],
      more: [change('x-1', 'status', 'closed', 'open', { commit: 'c9' }), creation('x-3')],
    },
  }
  it.each(Object.keys(samples))(
    '%s: the same file gives the same ids, and a longer one the old ids and new ones',
    async (name) => {
      const { format, head, more } = samples[name] as (typeof samples)[string]
      const first = await importOf(format, ...head)
      const again = await importOf(format, ...head)
      const longer = await importOf(format, ...head, ...more)
      expect(again.streams).toEqual(first.streams)
      expect(new Set(first.ids).size).toBe(first.ids.length)
      const known = new Set(longer.ids)
      expect(first.ids.filter((id) => !known.has(id))).toEqual([])
      expect(longer.ids.length).toBeGreaterThan(first.ids.length)
    },
  )
})
