import { elementSlices, type JsonSlice, layoutOf, lineSlices, type SliceLimits } from './json-slices.ts'
import type { JsonSource } from './json-source.ts'

/** A JSON object, not checked further. */
export type Fields = { readonly [key: string]: unknown }

export type JsonRecord =
  | {
      readonly kind: 'record'
      readonly line: number
      readonly at: number
      readonly length: number
      readonly value: Fields
    }
  | { readonly kind: 'problem'; readonly line: number; readonly at: number; readonly reason: string }

export const recordLimits: SliceLimits = { maxBytes: 64 * 1_048_576, maxDepth: 200 }

/** The objects of a file, whether one a line, in an array, or in a document's list; what is no object is a problem of its line. */
export async function* jsonRecords(
  source: JsonSource,
  options: { readonly listKeys?: readonly string[]; readonly limits?: SliceLimits } = {},
): AsyncGenerator<JsonRecord> {
  const { listKeys = [], limits = recordLimits } = options
  const layout = layoutOf(source.head, listKeys)
  if (layout.kind === 'document') {
    yield recordOf(await wholeDocument(source, limits), 'The document')
    return
  }
  const slices =
    layout.kind === 'array'
      ? elementSlices(source.chunks(), layout.arrayAt, limits)
      : lineSlices(source.chunks(), limits)
  for await (const slice of slices)
    yield recordOf(slice, layout.kind === 'array' ? 'The element' : 'The line')
}

async function wholeDocument(source: JsonSource, limits: SliceLimits): Promise<JsonSlice> {
  // A document is the one element of an array that nobody wrote.
  async function* wrapped(): AsyncGenerator<Buffer> {
    yield Buffer.from('[')
    yield* source.chunks()
    yield Buffer.from(']')
  }
  for await (const slice of elementSlices(wrapped(), 0, limits)) return slice
  return { line: 1, at: 0, length: 0, bytes: null, problem: 'is empty' }
}

/** Parses a record's bytes. @param what the words that a reason begins with. */
export function recordOf(slice: JsonSlice, what = 'The line'): JsonRecord {
  const { line, at, length } = slice
  const problem = (reason: string): JsonRecord => ({
    kind: 'problem',
    line,
    at,
    reason: `${what} ${reason}.`,
  })
  if (slice.bytes === null) return problem(slice.problem ?? 'can not be read')
  const text = slice.bytes.toString('utf8')
  const conflict = /^\s*(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)/.exec(text)
  if (conflict) return problem('is a conflict marker that git left in the file')
  try {
    const value: unknown = JSON.parse(text)
    if (!isFields(value)) return problem('is not a JSON object')
    return { kind: 'record', line, at, length, value }
  } catch (error) {
    return problem(`is not JSON: ${error instanceof Error ? shorten(error.message) : String(error)}`)
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// V8 quotes the source around the fault, which may be long and hold anything.
const shorten = (message: string): string =>
  message
    .replace(/, (?:\.\.\.)?"[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 200)
    .toWellFormed()
