import type { Refusal, RefusalCode } from '#core/values/refusal.ts'

const passing: ReadonlySet<RefusalCode> = new Set([
  'busy',
  'concurrency',
  'disk_full',
  'read_only',
  'cancelled',
  'internal',
])

/** Whether a refusal says nothing about the command: it may be taken the next time. */
export const isPassing = ({ code }: Pick<Refusal, 'code'>): boolean => passing.has(code)
