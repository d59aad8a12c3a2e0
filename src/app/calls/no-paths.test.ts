import { expect, it } from 'vitest'
import { z } from 'zod'
import { calls } from '#contract/calls.ts'
import { shippedInboxes } from '#inboxes/registry.ts'

/** Names that a parameter which takes a path would have; `z` knows texts, not what they mean. */
const pathLike =
  /path|file|folder|director|(?:^|_)dir(?:$|_)|location|destination|(?:^|_)(?:out|output)(?:$|_)/i

type Schema = Readonly<Record<string, unknown>>

/** The names of all parameters of a schema, however deep, with where they stand. */
function parameters(schema: unknown, at: string, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return []
  seen.add(schema)
  if (Array.isArray(schema)) return schema.flatMap((each) => parameters(each, at, seen))
  const { properties, ...rest } = schema as Schema & { properties?: Schema }
  const own = Object.entries(properties ?? {}).flatMap(([name, of]) => [
    `${at}.${name}`,
    ...parameters(of, `${at}.${name}`, seen),
  ])
  return [...own, ...Object.values(rest).flatMap((each) => parameters(each, at, seen))]
}

const named = (schema: z.ZodType, at: string): string[] =>
  parameters(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }), at)

const last = (place: string): string => place.slice(place.lastIndexOf('.') + 1)

it('the walk finds a parameter that takes a path wherever it hides', () => {
  const hidden = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('a') }),
    z.strictObject({
      kind: z.literal('b'),
      deep: z.array(z.object({ outFile: z.string() }).refine(() => true)).optional(),
    }),
  ])
  expect(named(hidden, 'call').filter((place) => pathLike.test(last(place)))).toEqual(['call.deep.outFile'])
})

it('no call of the contract takes a path', () => {
  const all = Object.entries(calls).flatMap(([name, { input }]) => named(input, name))
  expect(all).toContain('jobs.start.token')
  expect(all).toContain('commands.execute.command.title')
  expect(all.filter((place) => pathLike.test(last(place)))).toEqual([])
})

it('no inbox has a setting that is a path of this computer', () => {
  const all = shippedInboxes.flatMap(({ name, settings }) => named(settings, name))
  expect(all.length).toBeGreaterThan(20)
  expect(all.filter((place) => pathLike.test(last(place)))).toEqual([])
})
