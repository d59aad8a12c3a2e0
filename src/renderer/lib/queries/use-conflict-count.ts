import { useCall } from './use-call.ts'

/** How many conflicts wait for somebody, and whether there ever was one. */
export function useConflictCount(): { readonly open: number; readonly ever: boolean } {
  const { data } = useCall('conflicts.list', { show: 'all', limit: 1 })
  return { open: data?.open ?? 0, ever: (data?.conflicts.length ?? 0) > 0 }
}
