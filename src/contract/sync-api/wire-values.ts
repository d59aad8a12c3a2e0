import { z } from 'zod'

/** An id as it travels. */
export const wireId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'is not an id')
/** A SHA-256 in hexadecimal. */
export const wireHash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal')
/** A place in a chain or in the server's order. */
export const wireSeq = z.int().nonnegative()
/** Of a device's public key (X25519), and of the proof that goes with it. */
export const deviceKeyBytes = 32
/** Base64 of exactly so many bytes. */
export const base64Of = (bytes: number) => {
  const [digits, padding] = [Math.ceil((4 * bytes) / 3), (3 - (bytes % 3)) % 3]
  return z.string().regex(new RegExp(`^[A-Za-z0-9+/]{${digits}}={${padding}}$`), `is not of ${bytes} bytes`)
}
