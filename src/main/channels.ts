import type { CallName } from '#contract/calls.ts'

/** The channel that messages are pushed on. */
export const messageChannel = 'docket:message'
/** The channel of one of the contract's calls. */
export const callChannel = (name: CallName): string => `docket:${name}`
