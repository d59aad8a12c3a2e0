const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Whether two JSON values say the same, in whatever order their fields stand: a payload that was just made has another than one read back. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const [ofA, ofB] = [a, b].map((of) => Object.keys(of).filter((name) => of[name] !== undefined))
  return (
    ofA?.length === ofB?.length &&
    !!ofA?.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  )
}
