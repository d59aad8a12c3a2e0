import { z } from 'zod'

/** A call that the renderer may make: its input's schema (checked by the host) and, as a type, what it answers. */
export type Call<Input extends z.ZodType = z.ZodType, Output = unknown> = {
  readonly input: Input
  readonly output?: Output
}

/** Declares a call: what it answers as a type, and the schema of its input. */
export const call =
  <Output>() =>
  <Input extends z.ZodType>(input: Input): Call<Input, Output> => ({ input })

/** The input of a call that takes nothing. */
export const none = z.strictObject({})
/** How many rows of a page. */
export const limit = z.int().min(1).max(500).default(50)
/** Milliseconds since 1970. */
export const instant = z.number().nonnegative()
