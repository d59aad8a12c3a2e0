import { type Command, InvalidArgumentError } from 'commander'

/** Declares a group of commands on `docket`, in the order of the help. What runs a command is loaded when it runs. */
export type CommandGroup = (program: Command) => void

/** Options of a command and of `docket` itself, together. */
export type ParsedOptions = Record<string, unknown>

type Run = (args: string[], options: never) => void | Promise<void>

/** Makes what adds commands to `docket` or to one of its groups. */
export const commandAdder =
  (parent: Command) =>
  (usage: string, description: string, run: Run): Command =>
    parent
      .command(usage)
      .description(description)
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command
        await run(given.slice(0, -2) as string[], command.optsWithGlobals() as never)
      })

/** Collects the values of an option that may be given again. */
export const many = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

/** Reads a whole number from 1 to 500. @throws InvalidArgumentError */
export function count(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 500)
    throw new InvalidArgumentError('It takes a whole number from 1 to 500.')
  return Number(text)
}
