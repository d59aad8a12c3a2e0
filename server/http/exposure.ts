/** Something was asked of the command that it does not do that way; it ends with 2. */
export class ServerUsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** How a server can be reached, as its options say. */
export type Exposure = {
  readonly host: string
  readonly tls: boolean
  readonly trustProxy: boolean
  readonly allowPlainHttp: boolean
  /** Where clients reach it, where that is said. */
  readonly publicUrl: string | undefined
  readonly metricsToken: string | undefined
  readonly publicMetrics: boolean
}

/** Whether an address or a host's name is this machine's own alone. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127(\.\d{1,3}){3}\]?)$/i.test(host)

function isLoopbackUrl(url: string): boolean {
  try {
    return isLoopback(new URL(url).hostname)
  } catch {
    return false
  }
}

/**
 * What follows from how a server can be reached: whether anybody may read the metrics, and what whoever runs it is warned of.
 * @throws UsageError where tokens and texts would cross a network in the open without anybody having said so.
 */
export function judgeExposure(exposure: Exposure): {
  readonly openMetrics: boolean
  readonly warnings: readonly string[]
} {
  const { host, tls, trustProxy, allowPlainHttp, publicUrl, metricsToken, publicMetrics } = exposure
  const warnings: string[] = []
  const plain = !isLoopback(host) && !tls && !trustProxy
  if (plain && !allowPlainHttp)
    throw new ServerUsageError(
      `On ${host} whoever is on the way reads tokens and everything that is not encrypted. Give it a certificate (--tls-cert FILE --tls-key FILE), say that a proxy in front speaks HTTPS (--trust-proxy), or let it be so with --allow-plain-http.`,
    )
  if (plain)
    warnings.push(`Plain HTTP on ${host}: whoever is on the way reads tokens and what is not encrypted.`)
  const reachable = !isLoopback(host) || trustProxy || (publicUrl !== undefined && !isLoopbackUrl(publicUrl))
  const unguarded = metricsToken === undefined && reachable
  if (unguarded)
    warnings.push(
      publicMetrics
        ? 'Everybody who reaches this server may read /metrics.'
        : '/metrics is closed: set DOCKET_METRICS_TOKEN, or open it to everybody with --public-metrics.',
    )
  return { openMetrics: !unguarded || publicMetrics, warnings }
}
