import { keysFor, type WindowActionId } from '../lib/shortcuts/actions.ts'

import styles from './key-hint.module.css'

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

const drawn: Readonly<Record<string, string>> = {
  $mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Space: 'Space',
  Backspace: '⌫',
  BracketLeft: '[',
}

const draw = (key: string): string => drawn[key] ?? (key.length === 1 ? key.toUpperCase() : key)

/** The keys of one binding, as people read them: `$mod+k` → `Ctrl`, `K`; `g i` → `G`, `then`, `I`. */
export function keysOf(binding: string): readonly string[] {
  return binding.split(' ').flatMap((press, index) => {
    const parts = press === '+' ? ['+'] : press.split('+').map(draw)
    return index === 0 ? parts : ['then', ...parts]
  })
}

/** The first key of an action as a word: `H`, `Ctrl K`. */
export const keyWord = (id: WindowActionId): string => keysOf(keysFor(id) ?? '').join(' ')

/** What a control does, with its key: `Snooze (H)`. */
export const withKey = (label: string, id: WindowActionId): string => `${label} (${keyWord(id)})`

/** A binding in tinykeys' notation, drawn as keys. Screen readers get it from `aria-keyshortcuts` of the control instead. */
export function KeyHint({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.hint} aria-hidden>
      {keysOf(keys).map((key, index) =>
        key === 'then' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a binding never move
          <span key={index} className={styles.then}>
            then
          </span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a binding never move
          <kbd key={index} className={styles.key}>
            {key}
          </kbd>
        ),
      )}
    </span>
  )
}
