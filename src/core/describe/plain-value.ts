/** A JSON value of an imported field in one line; never longer than `limit` characters. */
export function plainValue(of: unknown, limit = 80): string {
  if (of === null || of === undefined) return ''
  const scalars = Array.isArray(of) && of.every((each) => typeof each !== 'object')
  const words = typeof of === 'string' ? of : scalars ? of.join(', ') : JSON.stringify(of)
  const oneLine = words.replace(/\s+/g, ' ').trim()
  return oneLine.length <= limit ? oneLine : `${oneLine.slice(0, limit - 1).toWellFormed()}…`
}
