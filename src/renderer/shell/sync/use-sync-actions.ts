import { useActions } from '../../lib/shortcuts/action-handlers.ts'
import { useSync, useSyncAct } from '../../ui/sync/use-sync.ts'

/** What the palette can do about sync: for a workspace that has a server, whether or not the sidebar is shown. */
export function useSyncActions(): void {
  const act = useSyncAct()
  const state = useSync()?.state ?? 'off'
  useActions(
    state === 'off'
      ? {}
      : {
          'sync.now': () => void act('sync.now'),
          ...(state === 'paused'
            ? { 'sync.resume': () => void act('sync.resume') }
            : {
                'sync.pause': () => void act('sync.pause', 'Sync is paused; what you do meanwhile waits'),
              }),
        },
  )
}
