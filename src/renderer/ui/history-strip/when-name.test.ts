import { expect, it } from 'vitest'
import { whenName } from './when-name.ts'

it.each([
  ['2014', '2014'],
  ['2014-11', 'November 2014'],
  ['2014-11-03', '3 November 2014'],
  ['2014-11-03..2014-11-09', '3–9 November 2014'],
  ['2014-11-27..2014-12-03', '27 November 2014 – 3 December 2014'],
  ['2014-10..2014-12', 'October – December 2014'],
  ['2010..2019', '2010 – 2019'],
  ['<2010', 'before 2010'],
  ['<=2010-03', 'until March 2010'],
  ['>2014-12', 'after December 2014'],
  ['>=2014-12-24', 'since 24 December 2014'],
  ['<7d', 'the last 7 days'],
  ['<1y', 'the last year'],
  ['>90d', 'more than 90 days ago'],
])('active:%s is called "%s"', (when, name) => {
  expect(whenName(when)).toBe(name)
})
