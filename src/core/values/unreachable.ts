/** Ends a `switch` over a union: adding a member without a case is then a compile error, and a bug throws at run time. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
