import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import { tinykeys } from 'tinykeys'
import { type ActionId, actionList, isActionId } from './actions.ts'

export type ActionHandlers = { readonly [Id in ActionId]?: () => void }

// The latest registration of an action wins, as the view on top registers last.
const registered: { readonly handlers: () => ActionHandlers; readonly ids: readonly ActionId[] }[] = []
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
  handler?.()
  return handler !== undefined
}

/**
 * Says what the calling view can do while it is shown. The handlers may be new at every render. An action left out (or
 * `undefined`) falls to the view below.
 */
export function useActions(handlers: ActionHandlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const ids = Object.keys(handlers).sort().join(' ')
  useEffect(() => {
    const entry = { handlers: () => latest.current, ids: ids.split(' ').filter(isActionId) }
    registered.push(entry)
    changed()
    return () => {
      registered.splice(registered.indexOf(entry), 1)
      changed()
    }
  }, [ids])
}

/** The actions that something on the screen can do now. */
export function useAvailableActions() {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => version,
  )
  return actionList.filter(({ id }) => handlerOf(id) !== undefined)
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

/** Lets the keyboard start actions. @returns a function that ends it. */
export function listenToKeys(): () => void {
  const idsByKey = new Map<string, ActionId[]>()
  for (const { id, keys } of actionList) {
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
          const { whileTyping } = actionList.find((action) => action.id === id) ?? {}
          if (!whileTyping && (holders > 0 || isTyping(event.target) || belongsToControl(event))) continue
          if (!runAction(id)) continue
          event.preventDefault()
          return
        }
      },
    ]),
  )
  const end = tinykeys(window, bindings, { timeout: sequenceMillis })
  return () => {
    end()
    window.removeEventListener('keydown', remember, { capture: true })
  }
}
