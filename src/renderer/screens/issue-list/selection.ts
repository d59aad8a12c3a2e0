/** What is selected in a list, and where the cursor is. */
export type Selection = {
  /** The row under the cursor; -1 in an empty list. */
  readonly active: number
  /** Its issue, so that the cursor stays on it while rows move. */
  readonly activeId: string | null
  readonly ids: ReadonlySet<string>
  /** Where a range began. */
  readonly anchor: number
}

export const nothingSelected: Selection = { active: 0, activeId: null, ids: new Set(), anchor: 0 }

/** The cursor moved; what is selected stays. */
export const moveTo = (selection: Selection, active: number, activeId: string | null): Selection => ({
  ...selection,
  active,
  activeId,
  anchor: active,
})

/** One issue more or less. */
export function toggle(selection: Selection, index: number, id: string): Selection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { active: index, activeId: id, ids, anchor: index }
}

/** Everything between where the range began and here, besides what was selected before. */
export const extendTo = (
  selection: Selection,
  index: number,
  id: string | null,
  range: readonly string[],
): Selection => ({
  ...selection,
  active: index,
  activeId: id,
  ids: new Set([...selection.ids, ...range]),
})

export const clear = (selection: Selection): Selection => ({
  ...selection,
  ids: new Set(),
  anchor: selection.active,
})
