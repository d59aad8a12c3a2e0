/** One line of the benchmark's table: two things measured in turn in the same run, and their ratio against the goal. */
export type BenchRow = {
  /** The part of `GOALS.md`. */
  readonly goal: string
  readonly name: string
  readonly ratio: number
  /** `>=` where more is better. */
  readonly target: { readonly sense: '>=' | '<='; readonly value: number }
  readonly met: boolean
  /** The measured values, with units. */
  readonly detail: string
}

/** What one part measures. `note` says what could not be measured here, and why. */
export type BenchPart = { readonly rows: readonly BenchRow[]; readonly notes?: readonly string[] }

export function row(
  goal: string,
  name: string,
  ratio: number,
  sense: '>=' | '<=',
  value: number,
  detail: string,
): BenchRow {
  return {
    goal,
    name,
    ratio,
    target: { sense, value },
    met: sense === '>=' ? ratio >= value : ratio <= value,
    detail,
  }
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** @param q 0 to 1; the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

type Round = () => number | Promise<number>

/**
 * Runs the contenders in turn (A B A B …), so that what disturbs one disturbs the other, and gives the median of each.
 * @param rounds at least 5. Each contender answers what it measured itself.
 */
export async function inTurn<Name extends string>(
  contenders: Readonly<Record<Name, Round>>,
  rounds = 5,
): Promise<Record<Name, number>> {
  const measured = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of Object.entries<Round>(contenders))
      measured.set(name, [...(measured.get(name) ?? []), await run()])
  return Object.fromEntries([...measured].map(([name, values]) => [name, median(values)])) as Record<
    Name,
    number
  >
}

export const micros = (millis: number): string =>
  millis >= 1 ? `${millis.toFixed(2)} ms` : `${(millis * 1_000).toFixed(1)} µs`
export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en-US')}/s`
