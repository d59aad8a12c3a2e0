import { type UseQueryResult, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { TeamView } from '#contract/answers/sync-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../../lib/queries/call-error.ts'
import { callHost } from '../../../lib/queries/call-host.ts'
import { callKey, useCall } from '../../../lib/queries/use-call.ts'

/** Who shares the workspace, as the server last said. */
export const useTeam = (): UseQueryResult<TeamView, Error> => useCall('team.get', {})

type Act = `team.${'withdrawInvite' | 'changeRole' | 'removeMember' | 'revokeDevice'}`
export type TeamAct = <Name extends Act>(
  call: Name,
  input: CallInput<Name>,
  done: string,
) => Promise<{ readonly ok: true } | { readonly ok: false; readonly message: string }>

/** Changes the team on the server and shows it as it is then. What is refused is handed back, for the caller to say. */
export function useTeamAct(): TeamAct {
  const client = useQueryClient()
  return useCallback(
    async (call, input, done) => {
      try {
        client.setQueryData(callKey('team.get', {}), await callHost(call, input))
        toast(done)
        return { ok: true }
      } catch (error) {
        return { ok: false, message: sentenceOf(error) }
      }
    },
    [client],
  )
}
