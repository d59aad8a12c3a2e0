import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { toast } from 'sonner'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { EventId } from '#core/values/ids.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { callKey, useCall } from '../../lib/queries/use-call.ts'
import { stored } from '../../lib/stored-state.ts'

/** How this copy stands with its server; `undefined` until the host has said so. */
export const useSync = (): SyncView | undefined => useCall('sync.status', {}).data

const synced = stored<boolean>(
  'docket.synced',
  (text) => text === 'yes',
  (value) => (value ? 'yes' : null),
)

/** Whether the workspace has a server; as it was at the last start until the host has said so, so that nothing jumps. */
export function useIsSynced(): boolean {
  const view = useSync()
  const is = view ? view.state !== 'off' : synced.get()
  useEffect(() => {
    if (synced.get() !== is) synced.set(is)
  }, [is])
  return is
}

type Act = `sync.${'now' | 'pause' | 'resume' | 'leave'}`

/** Does something about sync and shows how it stands then. A refusal is said. @returns whether it was done */
export function useSyncAct(): (act: Act, done?: string) => Promise<boolean> {
  const client = useQueryClient()
  return useCallback(
    async (act, done) => {
      try {
        client.setQueryData(callKey('sync.status', {}), await callHost(act, {}))
        if (act === 'sync.leave') void client.invalidateQueries()
        if (done) toast(done)
        return true
      } catch (error) {
        toast.error(sentenceOf(error))
        return false
      }
    },
    [client],
  )
}

/** Goes on without the payload of an event that does not open. @returns the sentence of a refusal */
export function usePassOver(): (event: string) => Promise<string | null> {
  const client = useQueryClient()
  return useCallback(
    async (event) => {
      try {
        const view = await callHost('sync.passOver', { event: event as EventId })
        client.setQueryData(callKey('sync.status', {}), view)
        return null
      } catch (error) {
        return sentenceOf(error)
      }
    },
    [client],
  )
}

const everySecond = (listener: () => void): (() => void) => {
  const timer = setInterval(listener, 1_000)
  return () => clearInterval(timer)
}
const never = () => () => {}
const thisSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000

/** The time now in milliseconds since 1970, again each second while `ticking`. */
export const useSeconds = (ticking: boolean): number =>
  useSyncExternalStore(ticking ? everySecond : never, thisSecond)
