import type { Hello } from '#contract/sync-api/hello.ts'
import { mostWorkspaceKeys } from '#contract/sync-api/keys.ts'
import type { WireEvent } from '#contract/sync-api/wire-events.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { isTooDeep, jsonObject } from '#core/values/json-depth.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { hashPayload, plainMetadata } from '#db/log/rows/hash-chain.ts'
import { payloadProblem } from '#db/log/rows/payload-problem.ts'
import { refused } from '../round/round-refusals.ts'
import type { SyncHost } from '../round/sync-host.ts'
import type { WorkspaceClient } from '../server/server-client.ts'
import { sealing } from './encryption.ts'
import { beginNextKey } from './next-key.ts'
import { type KeptKeys, keptKeys } from './sync-settings.ts'
import { newestOf, openKeys, untrusted } from './workspace-keys.ts'

/** How payloads travel: as they are, or sealed with the workspace's newest key. */
export type Payloads = {
  /** Learns from the greeting whether the workspace is encrypted, fetches keys that are not here yet, and begins the next one where an owner has to. */
  greeted(hello: Hello): Promise<Result<null, RemoteCode>>
  seal(event: WireEvent): Result<WireEvent, RemoteCode>
  open(event: WireEvent): Result<WireEvent, RemoteCode>
}

export type PayloadsOptions = {
  /** Whether the workspace was joined as an encrypted one: no server talks this device out of that. */
  readonly encrypted: boolean
  readonly client: Pick<WorkspaceClient, 'keys' | 'team' | 'newKey'>
  readonly secret: (field: string) => string | undefined
  readonly host: Pick<SyncHost, 'keepSecret'>
  /** Events that somebody decided to go on without, should their payloads not open. */
  readonly passedOver?: readonly string[] | undefined
}

const nothingWrong = { ok: true, value: null } as const

const registry = eventRegistry()

/** Whether a payload is what its type's should be. What is newer than this Docket may be, within the bounds that a server sees to in the open. */
function isReadable(event: WireEvent): boolean {
  const { data = '', metadata = plainMetadata } = event
  if (payloadProblem({ ...event, data, metadata }, registry) !== undefined) return false
  return !registry.knows(event) || registry.fits(event, jsonObject(data))
}

/** An event whose payload nobody can read: its place in the chain holds, and it does nothing. */
const withoutPayload = ({ sealed: _, key: __, ...header }: WireEvent): WireEvent => header

/** A readable event whose payload is nested deeper than any: a server of before let it in, and nobody is stopped by it. Never parsed. */
function withoutDepths(event: WireEvent): WireEvent {
  const { data = '', metadata = plainMetadata, ...header } = event
  if (!isTooDeep(data) && !isTooDeep(metadata)) return event
  return { ...header, payloadHash: hashPayload(data, metadata) }
}

export function payloads(options: PayloadsOptions): Payloads {
  const { client, secret, host } = options
  let box: Awaited<ReturnType<typeof sealing>> | undefined
  let encrypted = options.encrypted
  /** Number of the key to seal with. */
  let newest = 0
  let kept: KeptKeys | undefined

  function readKeys(): KeptKeys | undefined {
    const text = secret('keys')
    return text === undefined ? undefined : keptKeys.safeParse(JSON.parse(text)).data
  }

  async function keep(ring: KeptKeys): Promise<Result<null, RemoteCode>> {
    kept = ring
    newest = newestOf(ring.ring)
    return host.keepSecret('keys', JSON.stringify(ring))
  }

  async function fetchKeys(known: KeptKeys): Promise<Result<null, RemoteCode>> {
    const answer = await client.keys()
    if (!answer.ok) return answer
    const ring = await openKeys(answer.value, known.ring, known.device)
    return ring.ok ? keep({ ...known, ring: ring.value }) : ring
  }

  async function nextKey(known: KeptKeys, onServer: number): Promise<Result<null, RemoteCode>> {
    const next = await beginNextKey(client, known, onServer)
    if (next.ok) return keep(next.value)
    // Another owner's copy was quicker: its key is the next.
    return next.error.code === 'key_taken' ? fetchKeys(known) : next
  }

  return {
    async greeted(hello) {
      if (options.encrypted && (!hello.encrypted || hello.key === 0))
        return refused(
          'encryption_denied',
          'This workspace is encrypted, and the server says that it is not. Nothing was sent; ask whoever runs the server.',
        )
      encrypted = hello.encrypted
      if (!encrypted || hello.key === 0) return nothingWrong
      box ??= await sealing()
      kept ??= readKeys()
      if (!kept)
        return refused(
          'key_missing',
          'This workspace is encrypted and its key is not here: join again with a fresh invite.',
        )
      // A server that went back to an earlier key is not followed: somebody who left may have that one.
      newest = newestOf(kept.ring)
      if (hello.key > mostWorkspaceKeys) return untrusted(hello.key, newest)
      const needed = Math.max(newest, hello.key)
      const missing = Array.from({ length: needed }, (_, at) => at + 1).some((number) => !kept?.ring[number])
      // Who joined later has the newest alone; those before it are the ladder's.
      const fetched = missing ? await fetchKeys(kept) : nothingWrong
      if (!fetched.ok) return fetched
      // A server that was restored may have lost a key: it is not followed back, and gets another.
      const isOut = hello.needsKey || hello.key < newest
      return isOut && hello.member.role === 'owner' ? nextKey(kept, hello.key) : nothingWrong
    },
    seal(event) {
      // What the server recorded itself it can read anyway.
      if (!encrypted || event.type === 'numbered') return { ok: true, value: event }
      const key = kept?.ring[newest]
      if (!box || key === undefined) return refused('key_missing', 'The workspace key is not here.')
      return { ok: true, value: box.sealEvent(event, newest, key) }
    },
    open(event) {
      if (event.sealed === undefined) {
        if (encrypted && event.data !== undefined && event.type !== 'numbered')
          return refused(
            'not_sealed',
            `Event ${event.id} came in the open, and this workspace is encrypted: nobody who has its key sent that.`,
          )
        return { ok: true, value: withoutDepths(event) }
      }
      if (!box || !kept) return refused('key_missing', 'The workspace key is not here.')
      const opened = box.openEvent(event, kept.ring)
      if (!opened.ok && opened.error.code === 'forged_payload' && options.passedOver?.includes(event.id))
        return { ok: true, value: withoutPayload(event) }
      return opened.ok && !isReadable(opened.value) ? { ok: true, value: withoutPayload(event) } : opened
    },
  }
}
