import type { DeliveryView } from '#contract/answers/inbox-answers.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { type Pages, usePages } from '../../lib/queries/use-pages.ts'
import type { DeliveryFilter } from './delivery-words.ts'

const pageSize = 100

/** The log of deliveries, newest first, page by page. */
export function useDeliveryPages(
  inbox: string | undefined,
  state: DeliveryFilter | undefined,
): Pages<DeliveryView> {
  const filter = { ...(inbox === undefined ? {} : { inbox }), ...(state === undefined ? {} : { state }) }
  return usePages('deliveries.list', filter, (before) =>
    callHost('deliveries.list', { ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) }),
  )
}
