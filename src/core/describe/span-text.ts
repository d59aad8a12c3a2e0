const spans = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** A length of time in its largest unit, rounded down: `6 minutes`, `2 days`, `1 year`. */
export function spanText(millis: number): string {
  const [name, length] = spans.find(([, each]) => millis >= each) ?? ['second', 1_000]
  const count = Math.max(1, Math.floor(millis / length))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
