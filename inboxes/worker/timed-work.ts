import { heldNotice } from '../builtin/rules/held-notice.ts'
import { dueOccasions, type OccasionContext } from '../builtin/rules/time-rules.ts'
import type { ProgressMessages } from './progress-messages.ts'
import { inboxRow, type WorkerContext, workspaceOf } from './worker-context.ts'

/** How long what was delivered is kept to be looked at, in milliseconds; dead letters stay until somebody decides. */
const keptMillis = 90 * 86_400_000

/** What time alone brings about: rules whose moment has come, a clock that was set back, deliveries too old to be kept. */
export type TimedWork = { run(): void }

/** The timed work of a worker, which does nothing while another worker runs the inboxes. */
export function timedWork(worker: WorkerContext, progress: ProgressMessages): TimedWork {
  const { deliveryStore, notices, reader, evaluations } = worker
  /** When the next notice that was put off comes back. */
  let wakes: number | undefined

  const occasionContext = (): OccasionContext => ({
    workspace: workspaceOf(worker),
    now: Date.now,
    evaluations,
    isKnown: deliveryStore.isKnown,
    onHeld(rule, issues, more) {
      const notice = heldNotice(rule, issues, more, reader)
      if (notice) notices.add(notice)
      progress.tell()
    },
  })

  function tellOfWokenNotices(): void {
    if (wakes !== undefined && wakes <= Date.now()) progress.tell()
    wakes = notices.nextWaking()
  }

  /** @returns how many deliveries the rules whose moment has come asked for. */
  function enqueueOccasions(): number {
    const rules = inboxRow(worker, 'rules')
    evaluations.arrived(reader.position())
    const occasions = rules?.enabled && !rules.paused ? dueOccasions(occasionContext()) : []
    return occasions.filter((occasion) => deliveryStore.enqueue(occasion)).length
  }

  return {
    run() {
      if (!worker.running) return
      try {
        tellOfWokenNotices()
        const fresh = enqueueOccasions()
        const pulled = deliveryStore.pullBack()
        deliveryStore.forget(Date.now() - keptMillis)
        if (fresh + pulled > 0) worker.running.refresh()
      } catch (error) {
        console.error('what time brings about failed:', error)
      }
    },
  }
}
