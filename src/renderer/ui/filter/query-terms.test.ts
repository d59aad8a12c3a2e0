import fc from 'fast-check'
import { expect, test } from 'vitest'
import { termsOf, toggled, valuesOf, withField } from './query-terms.ts'

test('a filter is cut into terms, and quoted words stay together', () => {
  expect(termsOf('is:open -label:"needs work" "exact words" crash').map(({ text }) => text)).toEqual([
    'is:open',
    '-label:"needs work"',
    '"exact words"',
    'crash',
  ])
})

test('a field gets one value instead of those that it had, and the rest keeps its order', () => {
  expect(withField('crash sort:created is:open', 'sort', 'updated-desc')).toBe(
    'crash is:open sort:updated-desc',
  )
})

test('taking a field out leaves what is excluded', () => {
  expect(withField('label:bug -label:ui', 'label', null)).toBe('-label:ui')
})

test('a value is quoted where it has blanks', () => {
  expect(toggled('is:open', 'label', 'needs work')).toBe('is:open label:"needs work"')
  expect(valuesOf('is:open label:"needs work"', 'label')).toEqual(['needs work'])
})

test('toggling a value twice gives back the same terms, whatever else was typed', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[a-z ]{1,12}$/), (query, value) => {
      fc.pre(
        !valuesOf(query, 'label').some((each) => each.toLowerCase() === value) &&
          !/"[^"]*$/.test(query.replace(/"[^"]*"/g, '')),
      )
      const texts = (text: string) => termsOf(text).map((term) => term.text)
      expect(texts(toggled(toggled(query, 'label', value), 'label', value))).toEqual(texts(query))
    }),
  )
})
