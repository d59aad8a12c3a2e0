import { z } from 'zod'
import type { ClientFrame } from './wire.ts'

const clientFrame = z.strictObject({
  id: z.int().nonnegative(),
  name: z.string().max(100),
  input: z.unknown(),
})
const answerable = z.object({ id: z.int().nonnegative() })

/** A frame as it came in: a call, one that can at least be answered with an error, or noise. */
export type ReadFrame =
  | { readonly kind: 'call'; readonly frame: ClientFrame }
  | { readonly kind: 'malformed'; readonly id: number; readonly why: string }
  | { readonly kind: 'noise' }

/** Reads what came over the WebSocket; total, whatever the text. */
export function readClientFrame(text: string): ReadFrame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'noise' }
  }
  const parsed = clientFrame.safeParse(value)
  if (parsed.success) return { kind: 'call', frame: parsed.data }
  const id = answerable.safeParse(value)
  return id.success
    ? { kind: 'malformed', id: id.data.id, why: z.prettifyError(parsed.error) }
    : { kind: 'noise' }
}
