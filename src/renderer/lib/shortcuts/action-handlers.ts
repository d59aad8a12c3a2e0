import { useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import { tinykeys } from 'tinykeys'
import type { ViewName } from './action-entry.ts'
import { type Action, type ActionId, type ActionIn, isOfView } from './actions.ts'

export type ActionHandlers = { readonly [Id in ActionId]?: () => void }

// The latest registration of an action wins, as the view on top registers last.
const registered: { readonly handlers: () => ActionHandlers }[] = []
const listeners = new Set<() => void>()
let version = 0

function changed(): void {
  version += 1
  for (const listener of listeners) listener()
}

function handlerOf(id: ActionId): (() => void) | undefined {
  for (let at = registered.length - 1; at >= 0; at--) {
    const handler = registered[at]?.handlers()[id]
    if (handler) return handler
  }
  return undefined
}

/** Does an action, if anything on the screen can. @returns whether it was done. */
export function runAction(id: ActionId): boolean {
  const handler = handlerOf(id)
  if (!handler) return false
  // A mark on the window's timeline, the last of each action: for whoever measures, or asks what a key did.
  performance.clearMarks(`docket.${id}`)
  performance.mark(`docket.${id}`)
  handler()
  return true
}

/**
 * Says what the calling view can do while it is shown. The handlers may be new at every render. An action left out (or
 * `undefined`) falls to the view below.
 */
export function useActions(handlers: ActionHandlers): void {
  const latest = useRef(handlers)
  useLayoutEffect(() => {
    latest.current = handlers
  })
  const ids = Object.keys(handlers).sort().join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever shows what can be done is told where that becomes other actions
  useLayoutEffect(() => {
    const entry = { handlers: () => latest.current }
    registered.push(entry)
    changed()
    return () => {
      registered.splice(registered.indexOf(entry), 1)
      changed()
    }
  }, [ids])
}

/** Registered by parts that views share. */
type OfParts = 'filter' | 'list.renew'

/** {@link useActions} of a whole view: it says of each action that names the view what it does now; `undefined` for nothing. */
export function useViewActions<View extends ViewName>(
  _view: View,
  handlers: { readonly [Id in Exclude<ActionIn<View>, OfParts>]: (() => void) | undefined },
): void {
  useActions(handlers as ActionHandlers)
}

/** Those of some actions that something on the screen can do now. */
export function useAvailableActions(actions: readonly Action[]): readonly Action[] {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => version,
  )
  return actions.filter(({ id }) => handlerOf(id) !== undefined)
}

/** The longest pause within a sequence such as `g b`. */
const sequenceMillis = 800

const typingTypes = /^(?:text|search|email|url|tel|number|date|password|)$/

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return target instanceof HTMLInputElement && typingTypes.test(target.type)
}

/** Whether a focused control needs the key for itself. */
function belongsToControl({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  // Whatever floats above the view keeps its keys.
  if (target.closest('[role="dialog"], [role="alertdialog"], [role="menu"], [data-owns-keys]')) return true
  if (key === 'Enter' || key === ' ')
    return target.closest('button, a[href], input, select, summary, [role="slider"]') !== null
  const moves = key.startsWith('Arrow') || key === 'Home' || key === 'End' || key.startsWith('Page')
  return moves && target.closest('input, select, [role="slider"], [role="combobox"], [role="radio"]') !== null
}

let holders = 0

/**
 * While true, keys reach only what lies over the view: keys pressed between the opening of a dialog and its taking the focus must
 * not do things to what is below. An action that may start while typing still does.
 */
export function useHeldKeys(held: boolean): void {
  useLayoutEffect(() => {
    if (!held) return
    holders += 1
    return () => {
      holders -= 1
    }
  }, [held])
}

let views = 0
const kept: { readonly id: ActionId; readonly at: number }[] = []
const mostKept = 64
/** Nobody means what they pressed so long ago. */
const keptMillis = 5_000

function runKept(): void {
  while (views === 0 && kept.length > 0) {
    const next = kept.shift()
    if (!next || performance.now() - next.at > keptMillis) continue
    // Each finds the view as the one before it left it.
    flushSync(() => void runAction(next.id))
  }
}

/** While true, the view has nothing yet for its keys to work on: they are kept, and done in their order once it has. */
export function useKeptKeys(waiting: boolean): void {
  useLayoutEffect(() => {
    if (!waiting) return
    views += 1
    return () => {
      views -= 1
      // Not before the view has said what it does with what arrived.
      queueMicrotask(runKept)
    }
  }, [waiting])
}

const early: KeyboardEvent[] = []
const keepEarly = (event: KeyboardEvent): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || early.length === mostKept) return
  early.push(event)
}

/** Keeps the keys pressed while the window is still opening, for `listenToKeys`. */
export function keepEarlyKeys(): void {
  window.addEventListener('keydown', keepEarly, { capture: true })
}

function pressEarlyKeys(): void {
  window.removeEventListener('keydown', keepEarly, { capture: true })
  for (const event of early.splice(0)) {
    if (performance.now() - event.timeStamp > keptMillis) continue
    ;(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', event))
  }
}

/** Lets the keyboard start actions. @returns a function that ends it. */
export function listenToKeys(actions: readonly Action[]): () => void {
  const idsByKey = new Map<string, ActionId[]>()
  for (const { id, keys } of actions) {
    for (const key of keys) idsByKey.set(key, [...(idsByKey.get(key) ?? []), id])
  }
  // tinykeys starts `c` at the end of `g c` as well; only the longer one is meant.
  let before = { key: '', at: 0 }
  let now = before
  const remember = (event: KeyboardEvent) => {
    before = now
    now = { key: isTyping(event.target) ? '' : event.key, at: event.timeStamp }
  }
  window.addEventListener('keydown', remember, { capture: true })
  const endsSequence = (key: string) =>
    now.at - before.at < sequenceMillis && idsByKey.has(`${before.key} ${key}`)
  // A `g` that was typed into a field begins nothing, though tinykeys saw it.
  const begunInField = (keys: string) => keys.includes(' ') && before.key !== keys.split(' ').at(-2)
  const bindings = Object.fromEntries(
    [...idsByKey].map(([key, ids]) => [
      key,
      (event: KeyboardEvent) => {
        if (event.defaultPrevented || event.isComposing || endsSequence(key) || begunInField(key)) return
        for (const id of ids) {
          const { whileTyping } = actions.find((action) => action.id === id) ?? {}
          if (!whileTyping && (holders > 0 || isTyping(event.target) || belongsToControl(event))) continue
          if ((views > 0 || kept.length > 0) && isOfView(id)) {
            if (kept.length < mostKept) kept.push({ id, at: performance.now() })
          } else if (!runAction(id)) continue
          event.preventDefault()
          return
        }
      },
    ]),
  )
  const end = tinykeys(window, bindings, { timeout: sequenceMillis })
  pressEarlyKeys()
  return () => {
    end()
    window.removeEventListener('keydown', remember, { capture: true })
  }
}
