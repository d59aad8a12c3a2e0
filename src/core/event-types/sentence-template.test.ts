import { expect, it } from 'vitest'
import { filledSentence, hasStrayBrace, namedIn } from './sentence-template.ts'

const say = (sentence: string, data: unknown) =>
  filledSentence(sentence, data)
    .map(({ words }) => words)
    .join(' ')

it('a sentence is filled in with what the event says, and stays a sentence where that is missing or something else', () => {
  expect(filledSentence('won the deal {name}, for {amount} in all', { name: 'Acme', amount: 5 })).toEqual([
    { words: 'won the deal', said: false },
    { words: 'Acme,', said: true },
    { words: 'for', said: false },
    { words: '5', said: true },
    { words: 'in all', said: false },
  ])
  expect(say('won {name}', {})).toBe('won …')
  expect(say('won {name}', null)).toBe('won …')
  expect(say('won {toString}', {})).toBe('won …')
  expect(say('won {sure}', { sure: true })).toBe('won yes')
  expect(say('won {name}', { name: { a: ['b'] } })).toBe('won {"a":["b"]}')
  expect(say('won {name}', { name: ' two\n\u0007lines ' })).toBe('won two lines')
  expect(say('won {name}', { name: '{other}', other: 'x' })).toBe('won {other}')
  expect(say('won {name}', { name: 'x'.repeat(9_000) })).toHaveLength(505)
})

it('its placeholders and stray braces are found', () => {
  expect(namedIn('{a} of {b_2}')).toEqual(['a', 'b_2'])
  expect(['{a}', 'a { b', '{a b}', '{}', '{{a}}'].map(hasStrayBrace)).toEqual([false, true, true, true, true])
})
