/** The 16 bytes of a UUID in its usual writing. */
export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

/** A UUID in its usual writing, lower case, from its 16 bytes. */
export const uuidText = (bytes: Buffer): string => uuidOfHex(bytes.toString('hex'))

/** The same from its 32 hexadecimal digits. */
export function uuidOfHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
