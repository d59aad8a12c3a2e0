import { isIP } from 'node:net'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { isAllowedHost, publicConnector, SpecialAddressError } from '../http/address-guard.ts'

const longestBody = 1_000_000
const mostHeaders = 60
const atOnce = 8
const connectOptions = { timeout: 5_000, allowH2: false }

/** What a user inbox asks for with `fetch`, as it comes over its pipe. */
export const fetchRequest = z.object({
  url: z.string().max(8_000),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  headers: z.record(z.string().max(200), z.string().max(8_000)),
  /** In base64. */
  body: z.string().max(1_400_000).nullable(),
})
export type FetchRequest = z.infer<typeof fetchRequest>

export type FetchAnswer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly error: string }

/** Made when it is first needed; two, so that a connection to a named private host is never lent to another. */
let agents: { readonly named: Agent; readonly publicOnly: Agent } | undefined
const pools = () =>
  (agents ??= {
    named: new Agent({ connect: connectOptions }),
    publicOnly: new Agent({ connect: publicConnector(connectOptions) }),
  })

/** Whether an address of this computer or network was named as it is, and not through a name that anybody can point anywhere. */
const isNamedAsItIs = (hostname: string): boolean =>
  hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0

/**
 * The `fetch` of a user inbox, done by Docket: it leads to the declared hosts alone, a name to public addresses alone, and redirects are answered
 * as they are and not followed. Never rejects.
 */
export function fetchFor(
  hosts: readonly string[],
  limitMillis: number,
  signal: AbortSignal,
): (asked: FetchRequest) => Promise<FetchAnswer> {
  let underWay = 0
  return async ({ url, method, headers, body }) => {
    if (underWay >= atOnce) return { error: `no more than ${atOnce} requests at once` }
    const target = URL.canParse(url) ? new URL(url) : undefined
    if (target?.protocol !== 'https:' && target?.protocol !== 'http:')
      return { error: 'that is no http address' }
    if (!isAllowedHost(target, hosts))
      return {
        error: `${target.host} is none of the hosts that it declares; name it in its first lines: // hosts: ${target.host}`,
      }
    if (Object.keys(headers).length > mostHeaders) return { error: `no more than ${mostHeaders} headers` }
    underWay += 1
    try {
      const response = await request(target, {
        method,
        headers: { 'user-agent': 'Docket', ...headers },
        body: body === null ? null : Buffer.from(body, 'base64'),
        signal: AbortSignal.any([signal, AbortSignal.timeout(limitMillis)]),
        dispatcher: isNamedAsItIs(target.hostname) ? pools().named : pools().publicOnly,
      })
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of response.body) {
        bytes += (chunk as Buffer).length
        if (bytes > longestBody) return { error: `${target.host} answered with more than 1 MB` }
        chunks.push(chunk as Buffer)
      }
      return {
        status: response.statusCode,
        headers: Object.fromEntries(
          Object.entries(response.headers).flatMap(([name, value]) =>
            value === undefined || name === 'content-encoding' ? [] : [[name, [value].flat().join(', ')]],
          ),
        ),
        body: Buffer.concat(chunks).toString('base64'),
      }
    } catch (error) {
      if (error instanceof SpecialAddressError)
        return { error: `${target.host} leads to ${error.kind} address` }
      return { error: `${target.host} could not be asked: ${(error as Error).message.slice(0, 200)}` }
    } finally {
      underWay -= 1
    }
  }
}
