import { workspaceKeyBytes } from '#contract/sync-api/keys.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { refused } from '../round/round-refusals.ts'

/** A key pair of a device (X25519), base64. */
export type DeviceKeys = { readonly publicKey: string; readonly privateKey: string }

/** What seals and opens, once libsodium is there. Every key, box and seal is base64. */
export type Sealing = {
  newWorkspaceKey(): string
  /** Whether a text is a workspace key, as invites and boxes bring one. */
  isKey(text: string): boolean
  newDeviceKeyPair(): DeviceKeys
  /** The event with its payload sealed: a random nonce, then XChaCha20-Poly1305 bound to the event's hash, and so to its place and all before it. */
  sealEvent(event: WireEvent, number: number, key: string): WireEvent
  /**
   * The event with its payload readable; without one where its author sealed another than the header's hash is of. Refused where the key is not in
   * the ring, or anything was changed.
   */
  openEvent(event: WireEvent, ring: Readonly<Record<string, string>>): Result<WireEvent, RemoteCode>
  /** A workspace key for one device alone. */
  sealKeyForDevice(key: string, publicKey: string): string
  openKeyBox(box: string, device: DeviceKeys): string | undefined
  /** A key, sealed with the one that follows it. */
  sealKey(key: string, withKey: string): string
  openKey(sealed: string, withKey: string): string | undefined
  /** Shows that a device had the workspace key when it made its public key known. */
  deviceProof(key: string, publicKey: string): string
  isDeviceProof(proof: string, key: string, publicKey: string): boolean
}

/** What a payload can't be parted from. The hash covers who recorded the event, when, on what and after what. */
const boundTo = ({ id, hash }: Pick<WireEvent, 'id' | 'hash'>, payloadHash: string): string =>
  id + hash + payloadHash

let loaded: Promise<Sealing> | undefined

/** Loads libsodium, once: whoever shares nothing encrypted never waits for it. */
export function sealing(): Promise<Sealing> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Sealing> {
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  const { base64_variants, from_base64, to_base64 } = sodium
  const text = (bytes: Uint8Array): string => to_base64(bytes, base64_variants.ORIGINAL)
  const bytes = (of: string): Uint8Array => from_base64(of, base64_variants.ORIGINAL)
  const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
  // Keys are few and used for every event: each is decoded once.
  const known = new Map<string, Uint8Array>()
  function keyBytes(key: string): Uint8Array {
    let found = known.get(key)
    if (!found) {
      found = bytes(key)
      known.set(key, found)
    }
    return found
  }

  function seal(plain: string | Uint8Array, bound: string, key: string): string {
    const nonce = sodium.randombytes_buf(nonceBytes)
    const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound, null, nonce, keyBytes(key))
    const whole = new Uint8Array(nonce.length + sealed.length)
    whole.set(nonce)
    whole.set(sealed, nonce.length)
    return text(whole)
  }

  function open(sealed: string, bound: string, key: string): Uint8Array | undefined {
    try {
      const whole = bytes(sealed)
      return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        null,
        whole.subarray(nonceBytes),
        bound,
        whole.subarray(0, nonceBytes),
        keyBytes(key),
      )
    } catch {
      return undefined
    }
  }

  /** Whoever sealed it may have sealed something else than a key. */
  const keyText = (opened: Uint8Array): string | undefined =>
    opened.length === workspaceKeyBytes ? text(opened) : undefined

  const proofOf = (key: string, publicKey: string): Uint8Array =>
    sodium.crypto_generichash(32, `docket device ${publicKey}`, keyBytes(key))
  const ladder = 'docket key'

  return {
    newWorkspaceKey: () => text(sodium.crypto_aead_xchacha20poly1305_ietf_keygen()),
    newDeviceKeyPair() {
      const { publicKey, privateKey } = sodium.crypto_box_keypair()
      return { publicKey: text(publicKey), privateKey: text(privateKey) }
    },
    sealEvent({ data, metadata, number: _, ...header }, number, key) {
      // A payload that is not here can't be sealed, and has its hash already.
      if (data === undefined) return header
      const payloadHash = hashPayload(data, metadata ?? plainMetadata)
      const sealed = seal(`${data}\n${metadata ?? plainMetadata}`, boundTo(header, payloadHash), key)
      return { ...header, sealed, key: number, payloadHash }
    },
    openEvent(event, ring) {
      const { sealed, key: number, payloadHash, ...header } = event
      if (sealed === undefined) return { ok: true, value: event }
      const key = ring[String(number)]
      if (key === undefined)
        return refused('key_missing', `Key ${number} of this workspace is not on this device.`)
      const plain = open(sealed, boundTo(header, payloadHash ?? ''), key)
      if (!plain)
        return refused(
          'forged_payload',
          `The payload of event ${header.id} does not open: it was changed on its way, or its author sealed rubbish.`,
          { event: header.id, actor: header.actorId },
        )
      const whole = sodium.to_string(plain)
      // Canonical JSON has no line feed of its own.
      const at = whole.indexOf('\n')
      const [data, metadata] = [whole.slice(0, at), whole.slice(at + 1)]
      // Only who has the key seals for this hash: it is the author's doing, and nothing was changed on the way.
      if (at < 0 || hashPayload(data, metadata) !== payloadHash)
        return { ok: true, value: { ...header, payloadHash } }
      return {
        ok: true,
        value: { ...header, data, ...(metadata === plainMetadata ? {} : { metadata }) },
      }
    },
    sealKeyForDevice: (key, publicKey) => text(sodium.crypto_box_seal(bytes(key), bytes(publicKey))),
    isKey(text) {
      try {
        return bytes(text).length === workspaceKeyBytes
      } catch {
        return false
      }
    },
    openKeyBox(box, { publicKey, privateKey }) {
      try {
        return keyText(sodium.crypto_box_seal_open(bytes(box), bytes(publicKey), bytes(privateKey)))
      } catch {
        return undefined
      }
    },
    sealKey: (key, withKey) => seal(bytes(key), ladder, withKey),
    openKey(sealed, withKey) {
      const opened = open(sealed, ladder, withKey)
      return opened && keyText(opened)
    },
    deviceProof: (key, publicKey) => text(proofOf(key, publicKey)),
    isDeviceProof(proof, key, publicKey) {
      try {
        return sodium.memcmp(bytes(proof), proofOf(key, publicKey))
      } catch {
        return false
      }
    },
  }
}
