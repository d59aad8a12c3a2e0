/**
 * Whom a request is counted against. Behind a proxy every connection is the proxy's: there it is the last address of `X-Forwarded-For`, which the proxy
 * itself added; those before it are whatever the client wrote.
 * @param forwarded the header, where a proxy is trusted.
 */
export function clientAddress(remote: string | undefined, forwarded: string | undefined): string {
  const last = forwarded?.split(',').at(-1)?.trim()
  return last || remote || 'unknown'
}
