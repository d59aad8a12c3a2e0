import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { callKey } from '../../lib/queries/use-call.ts'

type ChangeCall = `inboxes.${'configure' | 'pause' | 'resume' | 'backfill' | 'trust'}`

/** Puts what the host answered in place of what was listed. */
export function useListedInbox(): (inbox: InboxView) => void {
  const client = useQueryClient()
  return useCallback(
    (inbox) =>
      client.setQueryData<readonly InboxView[]>(callKey('inboxes.list', {}), (listed) =>
        listed?.map((each) => (each.name === inbox.name ? inbox : each)),
      ),
    [client],
  )
}

/** Changes how an inbox runs, at once. A refusal is said. @returns whether it was done. */
export function useInboxChange(): <Name extends ChangeCall>(
  call: Name,
  input: CallInput<Name>,
  done: string,
) => Promise<boolean> {
  const client = useQueryClient()
  const show = useListedInbox()
  return useCallback(
    async (call, input, done) => {
      try {
        show((await callHost(call, input)) as InboxView)
        toast(done)
        return true
      } catch (error) {
        toast.error(sentenceOf(error))
        // It may be because the inbox is no longer what is shown, such as a file of one's own that was changed.
        await client.invalidateQueries({ queryKey: callKey('inboxes.list', {}) })
        return false
      }
    },
    [client, show],
  )
}
