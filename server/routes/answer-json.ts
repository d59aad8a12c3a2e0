import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { RequestContext } from './app-context.ts'

const pack = promisify(gzip)
const worthPacking = 1_024

/** The answer as JSON, packed where the caller takes that and it is worth it. */
export async function answerJson(
  c: RequestContext,
  value: unknown,
  status: 200 | 201 = 200,
): Promise<Response> {
  const text = JSON.stringify(value)
  const packs = text.length > worthPacking && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  c.header('content-type', 'application/json')
  if (!packs) return c.body(text, status)
  c.header('content-encoding', 'gzip')
  return c.body(new Uint8Array(await pack(text, { level: 1 })), status)
}
