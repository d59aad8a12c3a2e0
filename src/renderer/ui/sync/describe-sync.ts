import type { SyncAgreement, SyncView } from '#contract/answers/sync-answers.ts'
import { spanText } from '#core/describe/span-text.ts'

/** How loud a standing is: nothing to do, something is under way, somebody should know, somebody must act. */
export type SyncTone = 'calm' | 'busy' | 'warning' | 'danger'
export type SyncSaid = { readonly text: string; readonly tone: SyncTone }

/** `1,204`: a count with its thousands marked. */
export const countText = (count: number): string => count.toLocaleString('en')

/** `one change`, `1,204 changes`. */
export const changesText = (count: number): string =>
  count === 1 ? 'one change' : `${countText(count)} changes`

/** How long until something, in one unit: `12 s`, `3 min`, `2 h`; never less than a second. @param millis may be past */
export function untilText(millis: number): string {
  const seconds = Math.max(1, Math.ceil(millis / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}

/** The state in a word or two, without anything that counts: what a screen reader is told when it changes. */
export function stateText({ state, reason, agreement }: SyncView): string {
  if (agreement.state === 'differs') return 'This copy differs'
  switch (state) {
    case 'off':
      return 'On this computer alone'
    case 'connecting':
      return 'Connecting…'
    case 'syncing':
      return 'Syncing…'
    case 'up_to_date':
      return 'Up to date'
    case 'offline':
      return 'Offline'
    case 'paused':
      return 'Paused'
    case 'refused':
      return reason ? `Refused: ${reason.message}` : 'Refused'
  }
}

const notCompared: SyncAgreement = { state: 'unknown', digest: null, replicas: 0, difference: null }
/** The standing in one line, where whether copies agree is said apart. @param now milliseconds since 1970 */
export const roundOf = (view: SyncView, now: number): SyncSaid =>
  lineOf({ ...view, agreement: notCompared }, now)

/** The standing in one line. @param now milliseconds since 1970 */
export function lineOf(view: SyncView, now: number): SyncSaid {
  const { state, progress, nextTryAt, unpushed, agreement } = view
  const text = stateText(view)
  if (agreement.state === 'differs') return { text, tone: 'danger' }
  switch (state) {
    case 'off':
      return { text, tone: 'calm' }
    case 'up_to_date':
      return { text: view.polling ? `${text} · asks every few seconds` : text, tone: 'calm' }
    case 'connecting':
      return { text, tone: 'busy' }
    case 'syncing':
      return {
        text: progress ? `Syncing ${countText(progress.done)} of ${countText(progress.total)}` : text,
        tone: 'busy',
      }
    case 'offline': {
      if (nextTryAt === null) return { text, tone: 'warning' }
      const left = nextTryAt - now
      return {
        text: `${text} · ${left > 0 ? `tries again in ${untilText(left)}` : 'trying again'}`,
        tone: 'warning',
      }
    }
    case 'paused':
      return { text: unpushed > 0 ? `${text} · ${countText(unpushed)} to send` : text, tone: 'warning' }
    case 'refused':
      return { text, tone: 'danger' }
  }
}

/** From whom the content is hidden. */
export const encryptionText = ({ encrypted, server }: Pick<SyncView, 'encrypted' | 'server'>): string =>
  encrypted ? 'End to end' : server?.startsWith('https:') ? 'On the way only' : 'No'

/** What a clock that runs ahead means for whoever sits at it. */
export const clockText = (aheadMillis: number): string =>
  `This computer’s clock is ${spanText(aheadMillis)} ahead; others see your changes flagged.`
