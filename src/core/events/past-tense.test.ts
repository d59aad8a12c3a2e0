import { expect, it } from 'vitest'
import { isPastTense } from './past-tense.ts'
import { shippedFacts } from './shipped-facts.ts'

it('every type that Docket ships says what happened', () => {
  expect(Object.keys(shippedFacts).filter((name) => !isPastTense(name))).toEqual([])
})

it.each([
  'invoice_paid',
  'bug_found',
  'deal_won',
  'deal_lost',
  'contract_rewritten',
  'build_broken',
  'tests_rerun',
  'settings_reset',
  'call_held',
  'level2_reached',
  'pr_merged',
  'customer_met',
  'release_shipped',
  'fed',
])('"%s" is in the past tense', (name) => expect(isPastTense(name)).toBe(true))

it.each([
  'deal_win',
  'news_feed',
  'need_speed',
  'must_proceed',
  'dealWon',
  'Deal_won',
  'deal-won',
  'deal_won_',
  '_deal_won',
  'deal__won',
  'ed',
  'x_ed',
  'constructor',
  `${'x'.repeat(56)}_won1`,
  `${'x'.repeat(60)}_won`,
  'gewonnen_ü',
  '',
])('"%s" is not', (name) => expect(isPastTense(name)).toBe(false))
