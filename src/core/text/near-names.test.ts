import { expect, it } from 'vitest'
import { nearNames } from './near-names.ts'

const names = ['Ada Lovelace', 'Grace Hopper', 'Barbara Liskov', 'Alan Kay', 'Edsger Dijkstra']
const near = (typed: string): string[] => nearNames(typed, names, (name) => [name, ...name.split(' ')])

it.each([
  ['lovelcae', ['Ada Lovelace']],
  ['Dikstra', ['Edsger Dijkstra']],
  ['bar', ['Barbara Liskov']],
  ['a', ['Ada Lovelace', 'Alan Kay']],
  ['hoper', ['Grace Hopper']],
  ['Zebedee', []],
  ['', []],
  ['x'.repeat(100_000), []],
])('for %s it names %j', (typed, found) => {
  expect(near(typed)).toEqual(found)
})
