/** A handle made from a name: `Ada Lovelace` → `ada-lovelace`. Never empty. */
export function handleFrom(name: string): string {
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._/+]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
  return folded.slice(0, 100) || 'someone'
}

/** The handle that was wanted, or the one that its name makes, with a number behind it where somebody has it. @param taken lower case. */
export function freeHandle(name: string, taken: ReadonlySet<string>, wanted = handleFrom(name)): string {
  let free = wanted
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${wanted}-${n}`
  return free
}

/** The payload of a member's joining, with a handle that nobody has yet. @param handles those taken, lower case. */
export function joinedAs(
  member: {
    readonly name: string
    readonly handle?: string | undefined
    readonly email?: string | undefined
  },
  handles: ReadonlySet<string>,
): { name: string; handle: string; email?: string } {
  const { name, handle, email } = member
  return { name, handle: freeHandle(name, handles, handle), ...(email ? { email } : {}) }
}
