import { toast } from 'sonner'
import { sentenceOf } from './call-error.ts'

let last: {
  readonly done: string
  readonly undo: () => Promise<void>
  readonly toastId: string | number | null
} | null = null

let underWay: Promise<unknown> = Promise.resolve()

/** Says that something is being done which can be taken back: an undo asked for meanwhile is meant for it. */
export function beforeUndo<T>(work: Promise<T>): Promise<T> {
  underWay = Promise.allSettled([underWay, work])
  return work
}

/** Takes back what was done last, once. */
export async function undoLast(): Promise<void> {
  await underWay
  const doing = last
  if (!doing) {
    toast('Nothing to undo.')
    return
  }
  last = null
  if (doing.toastId !== null) toast.dismiss(doing.toastId)
  try {
    await doing.undo()
    toast(`Undone: ${doing.done}`)
  } catch (error) {
    toast.error(`Could not undo. ${sentenceOf(error)}`)
  }
}

/** Withdraws the offer to take back what was done before: its button would take back the newer change. */
function withdrawOffer(): void {
  if (last && last.toastId !== null) toast.dismiss(last.toastId)
}

/** Says what was done and offers to take it back, by a button and by the undo key. */
export function offerUndo(done: string, undo: () => Promise<void>): void {
  withdrawOffer()
  const toastId = toast(done, { duration: 8_000, action: { label: 'Undo', onClick: () => void undoLast() } })
  last = { done, undo, toastId }
}

/** Keeps the way back for the undo key, without a word: what was done is in sight. */
export function rememberUndo(done: string, undo: () => Promise<void>): void {
  withdrawOffer()
  last = { done, undo, toastId: null }
}
