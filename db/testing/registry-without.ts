import { type EventRegistry, eventRegistry } from '#core/event-registry.ts'

/** What an older Docket knows: everything but these types and kinds of streams (`stream project`). */
export function registryWithout(hidden: readonly string[]): EventRegistry {
  const whole = eventRegistry()
  const isHidden = (line: string): boolean =>
    hidden.includes(line) || hidden.includes(line.split(' ')[0] ?? '')
  return {
    ...whole,
    find: (name) => (isHidden(name) ? undefined : whole.find(name)),
    knows: (kind) => !isHidden(kind.type) && !isHidden(`stream ${kind.streamType}`) && whole.knows(kind),
    known: whole.known.filter((line) => !isHidden(line)),
  }
}
