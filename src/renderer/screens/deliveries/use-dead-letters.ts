import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { askAgain } from '../../lib/queries/subscribe-to-changes.ts'

type Which = CallInput<'deliveries.replay'>

const said = {
  replay: (count: number) =>
    count === 0
      ? 'Nothing was dead any more.'
      : count === 1
        ? 'It is tried again'
        : `${count.toLocaleString()} are tried again`,
  discard: (count: number) =>
    count === 0
      ? 'Nothing was dead any more.'
      : count === 1
        ? 'Discarded'
        : `${count.toLocaleString()} discarded`,
} as const

/** What can be done with dead letters. Neither can be taken back: what was sent is sent. */
export function useDeadLetters(): (what: 'replay' | 'discard', which: Which) => Promise<void> {
  const client = useQueryClient()
  return useCallback(
    async (what, which) => {
      try {
        const { count } = await callHost(`deliveries.${what}`, which)
        toast(said[what](count))
      } catch (error) {
        toast.error(sentenceOf(error))
      }
      await askAgain(client, 'inboxes')
    },
    [client],
  )
}
