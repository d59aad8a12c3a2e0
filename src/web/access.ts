import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Decides who may talk to the web host: the person who was shown the address with the token, from the window served here. */
export type Access = {
  /** Goes into the address that is printed at the start; new at every start. */
  readonly token: string
  /** Only the loopback names at our own port: a page elsewhere that points its DNS at us sends its own name. */
  isOurHost(host: string | undefined): host is string
  /** A window served by the same host name as the one asked; a missing Origin is not ours. */
  isOurOrigin(headers: IncomingHttpHeaders): boolean
  isToken(candidate: string | null): boolean
  hasCookie(headers: IncomingHttpHeaders): boolean
  /** Value of the `Set-Cookie` header that a token is exchanged for. */
  readonly setCookie: string
}

/** @param port that the host listens on; cookies are shared by all ports of a name, so its name carries the port. */
export function createAccess(port: number, token = randomBytes(32).toString('base64url')): Access {
  // Not the token itself, so that what a browser keeps on disk cannot be used as an address.
  const session = randomBytes(32).toString('base64url')
  const cookieName = `docket_${port}`
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  return {
    token,
    isOurHost: (host): host is string => host !== undefined && hosts.has(host),
    isOurOrigin: (headers) => headers.origin !== undefined && headers.origin === `http://${headers.host}`,
    isToken: (candidate) => candidate !== null && equal(candidate, token),
    hasCookie: (headers) => cookies(headers, cookieName).some((value) => equal(value, session)),
    setCookie: `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

/** In constant time, lengths included: digests are compared. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function cookies(headers: IncomingHttpHeaders, name: string): string[] {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
}
