import { useMemo, useState } from 'react'
import { type JobKind, jobKinds } from '#contract/answers/answers.ts'
import { preloadable } from '../lib/preloadable.tsx'
import { type ActionHandlers, useHeldKeys } from '../lib/shortcuts/action-handlers.ts'
import { useTypedAhead } from '../lib/shortcuts/typed-ahead.ts'
import { allActions } from './all-actions.ts'

const Palette = preloadable(async () => (await import('./palette/palette.tsx')).Palette)
const NewIssueDialog = preloadable(
  async () => (await import('./new-issue/new-issue-dialog.tsx')).NewIssueDialog,
)
const ShortcutsSheet = preloadable(async () => (await import('./shortcuts-sheet.tsx')).ShortcutsSheet)
const JobDialog = preloadable(async () => (await import('./jobs/job-dialog.tsx')).JobDialog)

/** What a key opens must be there when the key is pressed. */
export const overlayCode = [NewIssueDialog, Palette, ShortcutsSheet, JobDialog]

type Kind = 'palette' | 'new-issue' | 'shortcuts' | 'import' | 'export' | 'backup' | 'verify' | 'rebuild'

export type OverlayState = {
  readonly kind: Kind | null
  readonly close: () => void
  readonly actions: ActionHandlers
}

/** What lies over the view: one thing at a time. */
export function useOverlays(): OverlayState {
  const [kind, setKind] = useState<Kind | null>(null)
  useHeldKeys(kind !== null)
  useTypedAhead(kind !== null)
  return useMemo(() => {
    const show = (next: Kind) => () => setKind(next)
    return {
      kind,
      close: () => setKind(null),
      actions: {
        palette: () => setKind((now) => (now === 'palette' ? null : 'palette')),
        'new-issue': show('new-issue'),
        shortcuts: show('shortcuts'),
        import: show('import'),
        export: show('export'),
        backup: show('backup'),
        verify: show('verify'),
        rebuild: show('rebuild'),
      },
    }
  }, [kind])
}

const isJob = (kind: Kind | null): kind is JobKind => jobKinds.some((job) => job === kind)

export function Overlays({ state: { kind, close } }: { readonly state: OverlayState }) {
  return (
    <>
      {kind === 'palette' && <Palette actions={allActions} onClose={close} />}
      {kind === 'new-issue' && <NewIssueDialog onClose={close} />}
      {kind === 'shortcuts' && <ShortcutsSheet actions={allActions} onClose={close} />}
      {isJob(kind) && <JobDialog kind={kind} onClose={close} />}
    </>
  )
}
