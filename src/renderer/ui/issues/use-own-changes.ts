import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { callHost } from '../../lib/queries/call-host.ts'
import { type OwnChange, onOwnChange } from '../../lib/queries/own-changes.ts'
import type { HeldQuery } from './held-query.ts'

/** Gathers what one gesture did to many. */
const gatherMillis = 60

/** Lets what this window does to issues show in a kept order at once: each comes in where it belongs, or goes; the others stay. */
export function useOwnChanges(order: HeldQuery, takes: ReadonlySet<OwnChange['type']>): void {
  const client = useQueryClient()
  const { query, held } = order
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = onOwnChange(({ type, issueId }) => {
      if (!takes.has(type)) return
      // Asked for at once, before the rows are asked for again; those that were quicker are asked for once more.
      callHost('issues.order', { query, held, take: [issueId as never] }).then(
        () => {
          clearTimeout(timer)
          timer = setTimeout(() => {
            void client.invalidateQueries({
              predicate: ({ queryKey: [name, input] }) =>
                (name === 'issues.list' || name === 'issues.order') &&
                (input as { held?: string } | undefined)?.held === held,
            })
          }, gatherMillis)
        },
        () => {},
      )
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [client, query, held, takes])
}
