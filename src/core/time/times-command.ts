import { z } from 'zod'
import { correctedRange } from './time-events.ts'

/** What somebody says of a clock that was wrong; may be refused. */
export const timesCommand = correctedRange.safeExtend({ type: z.literal('correct_times') }).strict()
export type TimesCommand = z.infer<typeof timesCommand>
