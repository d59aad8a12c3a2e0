import type { HostMessage } from '#contract/answers/answers.ts'

/** Above this many names a `changed` message says "many" instead. */
const namesAtMost = 500
const othersAtMost = 100

/**
 * Messages that a slow window has not taken yet, in the least that it needs to know: one `changed` for all, the latest of each
 * job and of the worker. Its size is bounded however long the window sleeps.
 */
export type Outbox = {
  add(message: HostMessage): void
  /** Hands out what waits, and forgets it. */
  take(): HostMessage[]
  readonly size: number
}

type Changed = Extract<HostMessage, { kind: 'changed' }>

/** An empty {@link Outbox}. */
export function createOutbox(): Outbox {
  let changed: Changed | null = null
  const others = new Map<string, HostMessage>()
  let serial = 0
  return {
    add(message) {
      if (message.kind === 'changed') {
        changed = changed ? mergeChanged(changed, message) : message
        return
      }
      const key =
        message.kind === 'job'
          ? `job ${message.job.id}`
          : message.kind === 'worker'
            ? 'worker'
            : `${message.kind} ${serial++}`
      others.delete(key)
      others.set(key, message)
      if (others.size > othersAtMost) others.delete(others.keys().next().value ?? key)
    },
    take() {
      const waiting = [...(changed ? [changed] : []), ...others.values()]
      changed = null
      others.clear()
      return waiting
    },
    get size() {
      return others.size + (changed ? 1 : 0)
    },
  }
}

/** One message that makes a window refetch all that either would. */
export function mergeChanged(one: Changed, other: Changed): Changed {
  const issues = one.issues && other.issues ? [...new Set([...one.issues, ...other.issues])] : null
  return {
    kind: 'changed',
    position: Math.max(one.position, other.position),
    issues: issues && issues.length <= namesAtMost ? issues : null,
    directory: one.directory || other.directory,
  }
}
