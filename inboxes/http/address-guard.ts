import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { buildConnector } from 'undici'

/** A connection that was refused because it would have led to a special address. `host` is what was asked for, `kind` what it is. */
export class SpecialAddressError extends Error {
  readonly host: string
  /** As in "a private address". */
  readonly kind: string
  constructor(host: string, kind: string) {
    super(`${host} is ${kind} address`)
    this.host = host
    this.kind = kind
  }
}

const kinds: Readonly<Record<string, string>> = {
  loopback: 'a loopback',
  private: 'a private',
  uniqueLocal: 'a private',
  carrierGradeNat: 'a private',
  linkLocal: 'a link-local',
  unspecified: 'an unspecified',
  multicast: 'a multicast',
  broadcast: 'a broadcast',
}

/**
 * What is special about an address, as in "a private" (address), or `undefined` where it is an ordinary public one. An IPv4 address
 * inside an IPv6 one counts as what it is; what can't be read counts as special.
 */
export function specialKind(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'an unreadable'
  const range: string = ipaddr.process(address).range()
  return range === 'unicast' ? undefined : (kinds[range] ?? 'a reserved')
}

/** The name or address of a URL as it is looked up: IPv6 without its brackets. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/**
 * Looks a name up and refuses it where any of its addresses is special. The socket connects to what this very answer holds, so a name
 * that leads elsewhere the next time it is asked for (DNS rebinding) gains nothing.
 */
export function guardedLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const addresses = (
        typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      ) as LookupAddress[]
      const kind = addresses
        .map(({ address }) => specialKind(address))
        .find((special) => special !== undefined)
      if (kind !== undefined) return callback(new SpecialAddressError(hostname, kind), '')
      const [first] = addresses
      if (options.all) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family)
    })
  }
}

/** Connects to public addresses alone; anything else fails with `SpecialAddressError` before a single packet is sent. */
export function publicConnector(
  options: buildConnector.BuildOptions,
  lookup: LookupFunction = systemLookup as LookupFunction,
): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: guardedLookup(lookup) } as buildConnector.BuildOptions)
  return (target, callback) => {
    const host = bare(target.hostname)
    // An address is not looked up, so it is judged here.
    const kind = isIP(host) === 0 ? undefined : specialKind(host)
    if (kind !== undefined) callback(new SpecialAddressError(host, kind), null)
    else connect(target, callback)
  }
}

/** Whether the person named that host: `hooks.example.org`, `10.0.0.7`, `::1`, or with a port, `localhost:3000`. */
export function isAllowedHost(url: URL, allowed: readonly string[]): boolean {
  const host = bare(url.hostname).toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return allowed
    .map((name) => name.trim().toLowerCase())
    .some((name) => bare(name) === host || name === `${url.hostname.toLowerCase()}:${port}`)
}
