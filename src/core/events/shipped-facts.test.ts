import { expect, it } from 'vitest'
import { eventRegistry } from '../event-registry.ts'
import { activityOf, factsOf, shippedFacts, shippedTypesWith } from './shipped-facts.ts'

const types = eventRegistry().types()

it('each type that Docket ships says its facts, and nothing that is no type has any', () => {
  expect(Object.keys(shippedFacts).toSorted()).toEqual(types.map(({ name }) => name).toSorted())
  for (const type of types) expect(type.facts, type.name).toBe(factsOf(type.name))
})

// What the log, its projections and the inboxes went by in lists of their own before. What is stored goes by it, so it stays as it is.
it.each([
  ['no feed shows', ({ feed }) => feed === 'hidden', ['numbered', 'viewed']],
  [
    'leave an issue as it was, also when it was last changed',
    ({ touches }) => touches === 'nothing',
    [
      'conflict_settled',
      'event_type_extended',
      'event_type_registered',
      'event_type_retired',
      'muted',
      'notified',
      'numbered',
      'rule_hold_answered',
      'subscribed',
      'unmuted',
      'unsubscribed',
      'viewed',
    ],
  ],
  [
    'change no more of an issue’s row than its time and its comments',
    ({ touches }) => touches === 'time',
    [
      'assigned',
      'attached',
      'comment_deleted',
      'comment_edited',
      'commented',
      'field_changed',
      'labeled',
      'linked',
      'unassigned',
      'unlabeled',
      'unlinked',
    ],
  ],
  [
    'bring text or take it away',
    ({ searchText }) => searchText !== null,
    ['comment_deleted', 'comment_edited', 'commented', 'created', 'description_changed', 'title_changed'],
  ],
  [
    'nobody is told of',
    ({ notifies }) => notifies === 'nobody',
    ['muted', 'subscribed', 'unmuted', 'unsubscribed', 'viewed'],
  ],
  ['one person is told of', ({ notifies }) => notifies === 'addressee', ['notified']],
  ['count for nothing', ({ activity }) => activity === null, ['viewed']],
  [
    'count as talk',
    ({ activity }) => activity === 'talked',
    ['comment_deleted', 'comment_edited', 'commented'],
  ],
  ['count as moves', ({ activity }) => activity === 'moved', ['status_changed']],
] as const satisfies readonly (readonly [
  string,
  Parameters<typeof shippedTypesWith>[0],
  readonly string[],
])[])('the types that %s', (_, isTrue, expected) => {
  expect(shippedTypesWith(isTrue).toSorted()).toEqual(expected)
})

it('a rule can wait for all that happens to an issue, but for being looked at', () => {
  const ofIssues = types.filter(({ name }) => eventRegistry().belongs(name, 'issue')).map(({ name }) => name)
  expect(shippedTypesWith(({ ruleTrigger }) => ruleTrigger !== null).toSorted()).toEqual(
    ofIssues.filter((name) => name !== 'viewed').toSorted(),
  )
})

it('what a rule did counts as automated, and looking as nothing whoever did it', () => {
  expect(activityOf('status_changed', 'automation')).toBe('automated')
  expect(activityOf('status_changed', 'import')).toBe('moved')
  expect(activityOf('viewed', 'automation')).toBeNull()
})

it('a type of somebody’s own has a line of its own, counts as a change and goes out; one named like a property of every object too', () => {
  for (const type of ['deployed', 'constructor'])
    expect(factsOf(type)).toMatchObject({
      feed: 'alone',
      touches: 'nothing',
      activity: 'changed',
      notifies: 'followers',
    })
})
