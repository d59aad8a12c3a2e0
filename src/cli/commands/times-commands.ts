import { planCorrection } from '#app/workspace/plan-correction.ts'
import { correctingCommand, standingWords } from '#contract/describe-clock.ts'
import { spanText } from '#core/describe/span-text.ts'
import type { ClockStanding } from '#core/time/corrected-time.ts'
import type { Position } from '#core/values/ids.ts'
import { clockStanding, jumpQuery } from '#db/log/clock-jumps.ts'
import { executeAll } from '../input/command-input.ts'
import { type Shared, withWorkspace } from '../input/open-here.ts'
import { accepted, print, printedInstant, printJson, quoted, safeLine, UsageError } from '../output/output.ts'

const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
}

/** Reads `-2d`, `+3h30m`, `-90s`: milliseconds. @throws UsageError */
export function readShift(text: string): number {
  const [, sign, rest = ''] = /^([+-]?)((?:\d{1,9}(?:ms|[dhms]))+)$/.exec(text.trim().toLowerCase()) ?? []
  const sum = [...rest.matchAll(/(\d+)(ms|[dhms])/g)].reduce(
    (total, [, count, unit = '']) => total + Number(count) * (units[unit] ?? 0),
    0,
  )
  if (sum === 0)
    throw new UsageError(
      `${quoted(text)} is no length of time; write --by=-2d where the clock was two days ahead, --by=3h30m where it was behind.`,
    )
  return sign === '-' ? -sum : sum
}

function position(text: string): number {
  const number = Number(text)
  if (!/^\d{1,16}$/.test(text) || number < 1)
    throw new UsageError(`${quoted(text)} is no position; docket times lists those at which a clock jumped.`)
  return number
}

/** What is said of wrong clocks beside how things stand, with how to put them right. */
export function clockLines(standing: ClockStanding): readonly string[] {
  const command = correctingCommand(standing)
  const words = standingWords(standing)
  if (words.length === 0) return []
  return [...words, `docket times list names them${command ? `; to correct the newest: ${command}` : ''}`]
}

/** Where clocks jumped. */
export async function listJumps(options: Shared): Promise<void> {
  await withWorkspace(options, ({ database, log }) => {
    log.refreshIfChangedElsewhere()
    const jumps = jumpQuery(database)
      .latest(1_000)
      .toReversed()
      .flatMap(({ position, millis }) => {
        const [event] = log.readAll((position - 1) as Position, 1)
        return event
          ? [{ position, millis, occurredAt: event.occurredAt, type: event.type, id: event.id }]
          : []
      })
    const { ahead } = clockStanding(database, Date.now())
    if (options.json) return printJson({ jumps, ahead })
    for (const { position, millis, occurredAt, type } of jumps)
      print(
        `${position}  ${printedInstant(occurredAt)}  ${safeLine(type)}  ${millis > 0 ? `from here on ${spanText(millis)} ahead of what came after` : `went back by ${spanText(-millis)}`}`,
      )
    if (ahead !== null) print(`The newest event is ${spanText(ahead)} ahead of this computer’s clock`)
    if (jumps.length === 0 && ahead === null) print('No clock jumped by more than a day.')
  })
}

/** Corrects the times of a row of events of one device. */
export async function correct(
  fromText: string,
  toText: string | undefined,
  options: Shared & { by: string; dryRun?: boolean },
): Promise<void> {
  const byMillis = readShift(options.by)
  const from = position(fromText)
  const to = toText === undefined ? from : position(toText)
  if (to < from) throw new UsageError('The second position comes after the first.')
  await withWorkspace(options, (workspace) => {
    const plan = accepted(planCorrection(workspace, { from, to, byMillis }))
    if (!options.dryRun)
      executeAll(
        workspace,
        plan.ranges.map((range) => ({ type: 'correct_times', chain: plan.chain, byMillis, ...range })),
      )
    if (options.json) return printJson({ ...plan, corrected: !options.dryRun })
    const { first, last, events } = plan
    print(
      `${options.dryRun ? 'Would correct' : 'Corrected'} ${events} event${events === 1 ? '' : 's'}: the first from ${printedInstant(first.from)} to ${printedInstant(first.to)}${events === 1 ? '' : `, the last from ${printedInstant(last.from)} to ${printedInstant(last.to)}`}`,
    )
  })
}
