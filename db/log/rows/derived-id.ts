import { hash } from 'node:crypto'
import { uuidText } from '../../sqlite/uuid-bytes.ts'

/** The 16 bytes of a UUID (version 8, RFC 9562) from the SHA-256 of the parts: same parts, same id, on every machine. */
export function derivedBytes(...parts: readonly string[]): Buffer {
  const bytes = hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, 16)
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return bytes
}

/** The same in its usual writing. */
export const deriveId = (...parts: readonly string[]): string => uuidText(derivedBytes(...parts))
