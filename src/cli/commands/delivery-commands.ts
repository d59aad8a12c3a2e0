import type { DeliveryState, DeliveryView, InboxView } from '#contract/answers/inbox-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import type { Shared } from '../input/open-here.ts'
import { withService } from '../input/with-service.ts'
import { accepted, print, printedInstant, printJson, quoted, safeLine, UsageError } from '../output/output.ts'
import { outputWidth, type TableColumn, table } from '../output/table.ts'

const deliveryColumns: readonly TableColumn[] = [
  { head: 'ID' },
  { head: 'INBOX' },
  { head: 'TARGET', most: 24 },
  { head: 'STATE' },
  { head: 'TRIES' },
  { head: 'EVENT' },
  { head: 'ISSUE' },
  { head: 'SINCE', spare: 2 },
  { head: 'DETAIL', grows: true },
]

function deliveryRow(delivery: DeliveryView): string[] {
  return [
    String(delivery.id),
    delivery.inbox,
    safeLine(delivery.targetName),
    delivery.state,
    String(delivery.attempts),
    delivery.event.type,
    delivery.issue?.key ?? '',
    printedInstant(delivery.createdAt),
    safeLine(delivery.detail ?? ''),
  ]
}

export type DeliveriesOptions = Shared & {
  readonly inbox?: string
  readonly state?: DeliveryState | 'retrying'
  readonly limit: number
  readonly before?: string
}

export async function listDeliveries(options: DeliveriesOptions): Promise<void> {
  const { inbox, state, limit, before } = options
  if (before !== undefined && !/^[1-9]\d{0,14}$/.test(before))
    throw new UsageError(`--before takes the id of a delivery; ${quoted(before)} is none.`)
  await withService(options, async (service) => {
    const page = accepted(
      await service.call('deliveries.list', {
        limit,
        ...(inbox === undefined ? {} : { inbox }),
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before: Number(before) }),
      }),
    )
    if (options.json) return printJson({ deliveries: page.rows, next: page.next })
    if (page.rows.length === 0)
      return print(state === 'dead' ? 'No dead letters.' : 'Nothing was delivered yet.')
    print(table(deliveryColumns, page.rows.map(deliveryRow), outputWidth()))
    if (state === 'dead')
      for (const delivery of page.rows)
        for (const attempt of delivery.log)
          print(
            `  ${delivery.id} attempt ${attempt.number} at ${printedInstant(attempt.at)}, ${attempt.millis} ms: ${safeLine(attempt.detail)}`,
          )
    if (page.next !== null) print(`More: --before ${page.next}`)
  })
}

/** Which dead letters somebody means: by id, all of an inbox, or all. */
function whichDead(named: readonly string[], all: boolean): CallInput<'deliveries.replay'> {
  if (all && named.length === 0) return { all: true }
  if (all) throw new UsageError('Name deliveries or an inbox, or say --all; not both.')
  if (named.length === 0)
    throw new UsageError(
      'Name the deliveries by id, or an inbox, or say --all. "docket inbox dead" lists them.',
    )
  const ids = named.map(Number)
  if (ids.every((id) => Number.isSafeInteger(id) && id > 0)) return { ids }
  const [inbox, second] = named
  if (inbox === undefined || second !== undefined)
    throw new UsageError('Name deliveries by id, or one inbox.')
  return { inbox }
}

export async function settleDead(
  what: 'replay' | 'discard',
  named: readonly string[],
  options: Shared & { all?: boolean },
): Promise<void> {
  const which = whichDead(named, options.all === true)
  await withService(options, async (service) => {
    if ('inbox' in which) {
      const inboxes = accepted(await service.call('inboxes.list', {}))
      if (!inboxes.some((inbox) => inbox.name === which.inbox)) accepted(unknown(which.inbox, inboxes))
    }
    const { count } = accepted(await service.call(`deliveries.${what}`, which))
    if (options.json) return printJson({ count })
    const letters = `${count} dead letter${count === 1 ? '' : 's'}`
    print(
      what === 'discard'
        ? `Discarded ${letters}.`
        : count === 0
          ? 'There is no such dead letter.'
          : `${letters} will be tried again, under the same key${count === 1 ? '' : 's'}. Where no app is open: docket work --once`,
    )
  })
}

const unknown = (name: string, inboxes: readonly InboxView[]) =>
  ({
    ok: false,
    error: {
      code: 'unknown_inbox',
      message: `There is no inbox ${quoted(name)}. There are ${inboxes.map((inbox) => inbox.name).join(', ')}.`,
    },
  }) as const
