import type { LastingId } from '../history/record-identity.ts'
import type { JsonFields } from '../records/json-records.ts'
import { shortText } from '../records/source-text.ts'
import { repositoryOf } from './github-repository.ts'

/**
 * The number that GitHub's database knows a thing by: of the REST API's `id`, or out of the node id that `gh` writes, in its old form (base64 of
 * `05:Issue123`) or its new one (`I_` and the base64 of a MessagePack array that ends in the number).
 */
export function githubNumber(from: JsonFields): string | undefined {
  const id = shortText(from.id)
  if (/^\d+$/.test(id)) return id
  const node = shortText(from.node_id) || id
  if (!/^[\w=+/-]{4,200}$/.test(node)) return undefined
  const old = /^\d+:[A-Za-z]+(\d+)$/.exec(Buffer.from(node, 'base64').toString('latin1'))?.[1]
  if (old) return old
  const packed = /^[A-Z]{1,8}_(.+)$/.exec(node)?.[1]
  return packed ? lastNumber(Buffer.from(packed, 'base64url')) : undefined
}

/** The last number of a MessagePack array of whole numbers. */
function lastNumber(bytes: Buffer): string | undefined {
  const first = bytes[0] ?? 0
  if (first < 0x91 || first > 0x9f) return undefined
  let at = 1
  let number: bigint | undefined
  for (let left = first & 0x0f; left > 0; left--) {
    const size = numberSize(bytes[at] ?? 0xff)
    if (size === undefined || at + 1 + size > bytes.length) return undefined
    number = size === 0 ? BigInt(bytes[at] ?? 0) : BigInt(`0x${bytes.toString('hex', at + 1, at + 1 + size)}`)
    at += 1 + size
  }
  return at === bytes.length ? number?.toString() : undefined
}

function numberSize(type: number): number | undefined {
  if (type < 0x80) return 0
  const place = [0xcc, 0xcd, 0xce, 0xcf].indexOf(type)
  return place < 0 ? undefined : 2 ** place
}

/** Where GitHub's own is not meant, the host of an enterprise's. */
function hostOf(issue: JsonFields): readonly string[] {
  for (const field of ['html_url', 'url', 'repository_url']) {
    const host = /^https?:\/\/([^/]+)\//.exec(shortText(issue[field]))?.[1]?.toLowerCase()
    if (host) return /(?:^|\.)github\.com$/.test(host) ? [] : [host]
  }
  return []
}

/** What stays of an issue whatever its repository is called: the database's number, else the repository's name without its case. */
export function githubLastingId(issue: JsonFields): LastingId {
  const id = githubNumber(issue)
  if (id !== undefined) return { id, parts: ['id', ...hostOf(issue), id] }
  return { parts: [`${repositoryOf(issue)}#${shortText(issue.number)}`.toLowerCase()] }
}
