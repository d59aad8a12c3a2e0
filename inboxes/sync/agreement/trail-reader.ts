import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { TrailStep } from '#db/queries/state-digest.ts'

/** A step as every Docket writes it. */
const step = /[[,]\{"eventId":"([0-9a-f-]{36})","state":"([0-9a-f]{16})"\}/y
/** No step is longer, in characters. */
const longestStep = 100
/** Packed bytes that are unpacked at a time. */
const pieceBytes = 16_384

/** What came of comparing a trail; `unreadable` where the other's is none. */
export type TrailCompared =
  | { readonly ok: true; readonly firstDifference: string | null }
  | { readonly ok: false; readonly code: 'unreadable' }

const unreadable = { ok: false, code: 'unreadable' } as const

async function* pieces(packed: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < packed.length; at += pieceBytes) yield packed.subarray(at, at + pieceBytes)
}

/**
 * Compares another copy's trail, packed as it was sent, with this copy's: unpacks it piece by piece and ends at the first step that differs, so that
 * it costs no more memory than a piece and no more time than this copy's own trail is long.
 */
export async function compareTrail(packed: Uint8Array, ours: readonly TrailStep[]): Promise<TrailCompared> {
  const unpacked = pipeline(Readable.from(pieces(packed)), createGunzip(), () => {})
  const decoder = new TextDecoder()
  let rest = ''
  let compared = 0
  try {
    for await (const piece of unpacked as AsyncIterable<Uint8Array>) {
      rest += decoder.decode(piece, { stream: true })
      let at = 0
      for (;;) {
        step.lastIndex = at
        const [, eventId, state] = step.exec(rest) ?? []
        if (eventId === undefined) break
        const own = ours[compared]
        if (own?.eventId !== eventId || own.state !== state)
          return { ok: true, firstDifference: own?.eventId ?? eventId }
        compared += 1
        at = step.lastIndex
      }
      rest = rest.slice(at)
      if (rest.length > longestStep) return unreadable
    }
  } catch {
    return unreadable
  } finally {
    unpacked.destroy()
  }
  if (rest !== ']' && !(compared === 0 && rest === '[]')) return unreadable
  return { ok: true, firstDifference: ours[compared]?.eventId ?? null }
}
