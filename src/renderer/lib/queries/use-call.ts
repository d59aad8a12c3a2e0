import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { CallInput, CallName, CallOutput } from '#contract/calls.ts'
import type { KeptCall } from '#contract/follows.ts'
import { callHost } from './call-host.ts'

/** Where an answer lies in the query cache: `[name, input]`. */
export const callKey = <Name extends CallName>(name: Name, input: CallInput<Name>) => [name, input] as const

export type CallOptions = {
  /** Ask only while true. */
  readonly enabled?: boolean
  /** Show the last answer while a changed input is asked for. */
  readonly keepPrevious?: boolean
}

/** One call of the contract as a query; asked again by itself when the host says that what it follows has changed. */
export function useCall<Name extends KeptCall>(
  name: Name,
  input: CallInput<Name>,
  { enabled = true, keepPrevious = false }: CallOptions = {},
): UseQueryResult<CallOutput<Name>, Error> {
  return useQuery<CallOutput<Name>, Error>({
    queryKey: callKey(name, input),
    queryFn: () => callHost(name, input),
    enabled,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })
}
