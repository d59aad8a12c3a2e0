import type { Selection } from './selection.ts'

/** Where each list was left, so that coming back from an issue finds it as it was. */
const left = new Map<string, { readonly selection: Selection; readonly offset: number }>()

/** How a list was left; `undefined` where it was not shown, or long ago. */
export const listLeft = (query: string) => left.get(query)

/** Keeps how a list stands now; thirty lists are kept. */
export function leaveList(query: string, selection: Selection, offset: number): void {
  left.set(query, { selection, offset })
  if (left.size > 30) left.delete(left.keys().next().value ?? '')
}
