import { useState } from 'react'

const keyOf = (key: string): string => `docket-draft:${key}`
/** Where the text that a draft began from is kept: it may stand no longer when the draft is taken up again. */
const baseKeyOf = (key: string): string => `docket-draft-base:${key}`

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {
    // Storage that is full or denied: the text stays in the field at least.
  }
}

/** Whether something was typed there and not sent yet. */
export const hasDraft = (key: string): boolean => read(keyOf(key)) !== null

/** What was typed there and not sent yet. */
export const readTextDraft = (key: string): string | null => read(keyOf(key))

/** Forgets what was typed there. */
export function dropDraft(key: string): void {
  write(keyOf(key), null)
  write(baseKeyOf(key), null)
}

/** A text under way. */
export type TextDraft = {
  readonly text: string
  /** The text that the edit began from. */
  readonly base: string
  /** What stands there by now, where it changed while this was written; else `null`. */
  readonly theirs: string | null
  readonly set: (text: string) => void
  /** Says what stands there now, where the window doesn't show it yet. */
  readonly sawTheirs: (theirs: string) => void
  /** Forgets what was typed, and goes on from what stands there now. */
  readonly clear: () => void
  /** Brings back what was forgotten. */
  readonly bringBack: (text: string, base: string) => void
}

type Held = {
  readonly key: string
  readonly text: string
  readonly base: string
  /** What the window shows. */
  readonly current: string
  /** What stands there, as far as anybody said. */
  readonly now: string
}

const fresh = (key: string, current: string): Held => ({
  key,
  text: current,
  base: current,
  current,
  now: current,
})

function heldOf(key: string, current: string): Held {
  const text = readTextDraft(key)
  return text === null
    ? fresh(key, current)
    : { key, text, base: read(baseKeyOf(key)) ?? current, current, now: current }
}

function keep({ key, text, base }: Held): void {
  write(keyOf(key), text === base ? null : text)
  write(baseKeyOf(key), text === base ? null : base)
}

/**
 * Text under way, kept for as long as the window is open, whatever is shown in between. Equal to the text that it began from it is no
 * draft, and follows what stands there.
 * @param current what stands there, as the window shows it.
 */
export function useDraft(key: string, current: string): TextDraft {
  const [state, setState] = useState(() => heldOf(key, current))
  let held = state
  if (held.key !== key) held = heldOf(key, current)
  else if (held.current !== current) held = { ...held, current, now: current }
  // Nothing was typed yet: there is nothing to lose.
  if (held.text === held.base && held.base !== held.now) held = { ...held, text: held.now, base: held.now }
  if (held !== state) setState(held)

  const { text, base, now } = held
  const change = (changes: Partial<Held>) => {
    const next = { ...held, ...changes }
    keep(next)
    setState(next)
  }
  return {
    text,
    base,
    theirs: text !== base && now !== base && now !== text ? now : null,
    set: (text) => change({ text }),
    sawTheirs: (now) => change({ now }),
    clear: () => change({ text: now, base: now }),
    bringBack: (text, base) => change({ text, base, now: base }),
  }
}
