import type { z } from 'zod'
import { mostBodyBytes, mostSentBytes } from '#contract/sync-api/protocol.ts'
import { jsonMeter } from '#core/values/json-bounds.ts'
import type { Caller } from '../accounts/caller.ts'
import { readBody } from '../http/read-body.ts'
import { ServerRefusal } from '../http/refusal.ts'
import type { RequestContext } from './app-context.ts'

/** Several times what a push of the most events, a greeting of the most chains or a key for the most devices has. */
const bodyBounds = { bytes: mostBodyBytes, values: 200_000, depth: 64 }

/** Whether a text is an id as the protocol writes it. */
export const isProtocolId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)

/** The body of a request, as the schema describes it; its size is counted while it arrives. */
export async function readJsonBody<Schema extends z.ZodType>(
  c: RequestContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body = await readBody(c.req.raw, { sent: mostSentBytes, unpacked: mostBodyBytes })
  // Before it is parsed: a checker says of each of millions of values what is wrong with it.
  if (jsonMeter(bodyBounds).feed(body))
    throw new ServerRefusal('invalid_request', 'The body has more values, or deeper ones, than any request.')
  c.set('bodyBytes', body.length)
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    throw new ServerRefusal('invalid_request', 'The body is not JSON.')
  }
  return checkRequest(schema, value)
}

/** A value of a request as the schema describes it; the refusal names the first path that is not valid. */
export function checkRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  const path = first?.path.map(String).join('.') ?? ''
  throw new ServerRefusal('invalid_request', `${path || 'The request'}: ${first?.message ?? 'not valid'}.`, {
    path,
  })
}

/** The id that the address has under a name. */
export function idInAddress(c: RequestContext, name: string): string {
  const value = c.req.param(name) ?? ''
  if (!isProtocolId(value))
    throw new ServerRefusal('invalid_request', `The ${name} in the address is not an id.`)
  return value
}

/** The caller, who has to be an owner. */
export function requireOwner(c: RequestContext): Caller {
  const caller = c.get('caller')
  if (caller.role !== 'owner') throw new ServerRefusal('forbidden', 'Only an owner may do that.')
  return caller
}
