import { describe, expect, it } from 'vitest'
import { created, given } from '../testing/decided-issue.ts'

describe('a text that was written over another than stands there', () => {
  const after = given(created, { type: 'title_changed', data: { from: 'One', to: 'Theirs' } })

  it('is refused with what stands there, and taken where it was written over that', () => {
    expect(after.when({ type: 'change_title', title: 'Mine', base: 'One' })).toMatchObject({
      ok: false,
      error: { code: 'text_changed', details: { theirs: 'Theirs' } },
    })
    expect(after.when({ type: 'change_title', title: 'Mine', base: 'Theirs' })).toMatchObject({ ok: true })
    expect(after.when({ type: 'change_title', title: 'Mine' })).toMatchObject({ ok: true })
    expect(after.when({ type: 'change_description', description: 'Mine', base: 'Gone' })).toMatchObject({
      error: { code: 'text_changed', details: { theirs: '' } },
    })
  })

  it('is no change where both wrote the same', () => {
    expect(after.when({ type: 'change_title', title: 'Theirs', base: 'One' })).toEqual({
      ok: true,
      value: [],
    })
  })
})
