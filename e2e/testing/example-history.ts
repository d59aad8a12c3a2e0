const hour = 3_600_000
const day = 24 * hour

const people = [
  'Maya Lindqvist',
  'Tomás Herrera',
  'Ada Okafor',
  'Jonas Weber',
  'Priya Raman',
  'Léa Fontaine',
  'Sam Whitlock',
]

const titles: readonly (readonly [title: string, ...labels: string[]])[] = [
  ['Sync stalls after the laptop wakes from sleep', 'bug', 'sync'],
  ['Paste from a spreadsheet loses the last column', 'bug', 'editor'],
  ['Let people choose which day the week starts on', 'calendar'],
  ['Search should find words inside of attachments', 'search'],
  ['Export to CSV writes umlauts as question marks', 'bug', 'export'],
  ['Keyboard focus is lost when a dialog closes', 'bug', 'accessibility'],
  ['Show who is looking at the same booking', 'collaboration'],
  ['Crash when the calendar is opened during daylight saving change', 'bug', 'calendar'],
  ['Harbour map takes four seconds to appear on slow connections', 'performance'],
  ['Booking confirmation mail is sent twice', 'bug', 'mail'],
  ['Offer an iCal feed for each boat', 'calendar', 'export'],
  ['Dark theme: dividers in the side panel are too bright', 'design'],
  ['Undo for cancelled bookings', 'bookings'],
  ['Screen reader announces every row of the price table twice', 'accessibility', 'bug'],
  ['Skippers want to see tides next to departure times', 'calendar'],
  ['Rate limits of the weather service are reached at noon', 'weather', 'performance'],
  ['Deposit is not refunded when a trip is moved', 'bug', 'payments'],
  ['Move invoices to the new template', 'payments'],
  ['Photos of boats are rotated on older phones', 'bug', 'mobile'],
  ['Faster first paint on the public booking page', 'performance'],
  ['Two people can book the last seat at the same moment', 'bug', 'bookings'],
  ['Write down how we rotate the signing keys', 'docs'],
  ['Let guests pay in instalments', 'payments'],
  ['Crew roster: drag a person across midnight', 'calendar', 'bug'],
  ['Translate the safety briefing into Portuguese', 'docs'],
  ['Weather warnings should pause online bookings', 'weather', 'bookings'],
  ['Login link in mails is broken by some mail scanners', 'bug', 'mail'],
  ['Archive boats that were sold', 'bookings'],
  ['Reports: occupancy per boat and month', 'export'],
  ['Remember the last used harbour', 'mobile'],
  ['Map tiles are loaded although the map is hidden', 'performance', 'bug'],
  ['Contrast of the “fully booked” badge is below 3:1', 'accessibility', 'design'],
  ['Nightly backup takes the site down for a minute', 'bug', 'performance'],
  ['Ask for a phone number only where the skipper needs it', 'bookings'],
  ['Group bookings: one invoice for several payers', 'payments'],
  ['Old links to trips should redirect', 'bug'],
]

const remarks = [
  'Reproduced on two machines. It only happens when the lid was closed for longer than the token lives, so about an hour.',
  'I would start with the smallest thing: show a hint, measure how many people click it, then decide.',
  'Done in the branch, waiting for a review. The test fails without the change:\n\n```ts\nexpect(await wake(device)).toEqual({ synced: true })\n```',
  'Could this be the same cause as the mail problem? Both go through the outbox.',
  'Two more reports today, both from phones. Raising the priority.',
  'Agreed. Let us not add a setting for it.',
  'Checked with the skippers in Lagos: they print the list at six in the morning, so it has to be right by then.',
  'That fixed it for me, thank you!',
]

const description = `Two guests who press **Book** within the same second both get the last seat, and both get a confirmation.

1. Open the same trip in two browsers, with one seat left.
2. Press *Book* in both.
3. Both are told that they have the seat.

The check and the booking are two requests:

\`\`\`ts
if (await seatsLeft(trip) > 0) await book(trip, guest)
\`\`\`

so whoever is second must be refused by the \`booking\` table itself. See also the [notes on locking](https://example.org/locking).

- [x] a test that fails
- [ ] one transaction, with the seat in its key
- [ ] say kindly that somebody was quicker`

const statuses = ['To Do', 'In Progress', 'Resolved', 'Closed'] as const
const priorities = ['Low', 'Medium', 'High', 'Critical'] as const

const storyIndex = 20
/** The issue with the longest story, by its key in the other tracker. */
export const exampleStory = `BOAT-${storyIndex + 1}`

/**
 * Four months in the tracker of a small company that rents out boats, as Jira's REST API tells it, one issue a line. The same for the
 * same `now`.
 *
 * @param now where the history ends, in milliseconds since 1970.
 */
export function exampleHistory(now: number): string {
  const random = sequence(42)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const person = (name: string) => ({
    name: name.toLowerCase().replaceAll(/[^a-z]+/g, '.'),
    displayName: name,
  })
  const time = (at: number) => new Date(at).toISOString().replace('Z', '+0000')
  const lines = titles.map(([summary, ...labels], index) => {
    const created = now - (118 - index * 3) * day - Math.floor(random() * 9) * hour
    const steps = index % 9 === 8 ? 0 : index < 20 ? pick([1, 2, 3, 3]) : pick([0, 0, 0, 1, 1, 2])
    const histories = []
    let at = created
    const turn = () => {
      at = Math.min(now - 20 * 60_000 - Math.floor(random() * 4 * hour), at + (1 + random() * 9) * day)
      return at
    }
    for (let step = 0; step < steps; step++) {
      const items = [{ field: 'status', fromString: statuses[step], toString: statuses[step + 1] }]
      histories.push({ id: `${index}${step}`, author: person(pick(people)), created: time(turn()), items })
    }
    const comments = Array.from({ length: Math.floor(random() * 5) }, (_, number) => ({
      id: `${index * 10 + number}`,
      author: person(pick(people)),
      body: pick(remarks),
      created: time(created + (number + 1) * Math.max(2 * hour, (now - created) / 9)),
    }))
    const isStory = index === storyIndex
    const urgency = isStory ? 'Critical' : pick(priorities)
    const due = index % 4 === 1 ? new Date(now + (index - 14) * day).toISOString().slice(0, 10) : null
    return {
      id: `${1_000 + index}`,
      key: `BOAT-${index + 1}`,
      fields: {
        summary,
        description: `${summary}. Noticed by ${pick(people)} and two guests.`,
        created: time(created),
        updated: time(at),
        reporter: person(pick(people)),
        assignee: random() < 0.75 ? person(pick(people)) : null,
        priority: { name: urgency },
        labels,
        duedate: due,
        status: { name: statuses[steps] },
        comment: { comments },
      },
      changelog: { histories },
    }
  })
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
}

/** What {@link exampleStory} is about, in Markdown. */
export const exampleDescription = description

/** Numbers from 0 to below 1 that are the same at every run (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
