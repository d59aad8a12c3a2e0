import { stored } from '../../lib/stored-state.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

const isChoice = (text: string | null): text is ThemeChoice =>
  text === 'light' || text === 'dark' || text === 'system'

/** The chosen theme; `system` follows the desktop. */
export const theme = stored<ThemeChoice>(
  'docket.theme',
  (text) => (isChoice(text) ? text : 'system'),
  (choice) => (choice === 'system' ? null : choice),
)

/** Keeps the document in the chosen theme. Call once, before the first paint. */
export function applyTheme(): void {
  const apply = () => {
    const choice = theme.get()
    if (choice === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = choice
  }
  apply()
  theme.subscribe(apply)
}

/** To dark where light is shown now, and back. */
export function toggleTheme(): void {
  const choice = theme.get()
  const dark =
    choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  theme.set(dark ? 'light' : 'dark')
}
