import { useCall } from '../../lib/queries/use-call.ts'

/** Where the webhooks inbox sends to. */
export type Endpoint = { readonly id: string; readonly name: string }

/** Endpoints of the webhooks inbox, as a rule names them. */
export function useEndpoints(): readonly Endpoint[] {
  const { data } = useCall('inboxes.list', {})
  const listed = data?.find(({ name }) => name === 'webhooks')?.settings.endpoints
  return Array.isArray(listed) ? (listed as readonly Endpoint[]) : []
}
