import type { StripBucket } from '#contract/answers/answers.ts'
import { firstDayOf, lastDayOf } from '#core/filter/calendar-time.ts'
import { bucketName, endName } from './bucket-name.ts'
import { endOfWhen, whenName } from './when-name.ts'

const day = 86_400_000

/** A count and what is counted, in the plural where there is not one. */
export const countWords = (count: number, what: string): string =>
  `${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`
/** Whether a bar stands for a part of a day: such times are said by the clock of this computer, days and longer ones by the workspace's calendar. */
const isShort = ({ from, to }: StripBucket): boolean => to - from < day - 3 * 3_600_000
/** The time that a bar stands for. */
export const bucketTitle = (bucket: StripBucket): string =>
  isShort(bucket) ? bucketName(bucket.from, bucket.to) : whenName(bucket.when)
/** What stands at an end of the axis. @param span how long the whole of it is, in milliseconds */
export function axisEnd(bucket: StripBucket, side: 'from' | 'to', span: number): string {
  if (isShort(bucket)) return endName(bucket[side], span)
  const days = bucket.when.split('..')
  return side === 'from'
    ? endOfWhen(firstDayOf(days[0] as string), span)
    : endOfWhen(lastDayOf(days.at(-1) as string), span)
}

/** From the first of a row of bars to the last. */
export function stretchName(first: StripBucket, last: StripBucket): string {
  const [from, to] = [first.when.split('..')[0], last.when.split('..').at(-1)]
  return whenName(from === to ? `${from}` : `${from}..${to}`)
}
