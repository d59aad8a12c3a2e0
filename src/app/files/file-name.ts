/**
 * A file's name without what a file system, a header or a terminal could take for something else: separators, control characters, a leading dot.
 * At most 100 characters; `fallback` where nothing is left.
 */
export function plainFileName(name: string, fallback: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{C}/\\:*?"<>|]/gu, '_')
    .replace(/^[.\s]+/, '')
    .trim()
  return (
    [...plain]
      .slice(-100)
      .join('')
      .replace(/^[.\s]+/, '') || fallback
  )
}
