import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import { eventRegistry } from '#core/event-registry.ts'
import { receiverUrl } from '../http/http-response.ts'
import { querySetting } from './query-match.ts'

/** The name that an item of a list goes by; secrets are called `FIELD:ID`, so it has no colon. */
export const itemId = z.string().regex(/^[\w.-]{1,64}$/, 'may have letters, digits and . _ - only')

/** An address that something can be sent to. */
export const urlSetting = z.string().superRefine((text, context) => {
  const url = receiverUrl(text)
  if (!url.ok) context.addIssue({ code: 'custom', message: url.error.message })
})

/** Refuses a list in which two items have the same id. */
export function eachOnce(items: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  const ids = items.map(({ id }) => id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined) context.addIssue({ code: 'custom', message: `has "${twice}" twice` })
}

/** Hosts that a redirect may lead to though they are private. */
export const allowedHostsSetting = z.array(z.string().trim()).default([])

/** The settings that every route has, whatever it leads to; each inbox puts them together with its own. */
export const routeSettings = {
  id: itemId,
  name: z.string().trim().min(1, 'needs a name'),
  query: querySetting,
  /** Event types; empty for all that the inbox sends. */
  types: z.array(z.string().trim()).default([]),
  enabled: z.boolean().default(true),
}

/** Names of event types, for a field that asks for some. */
export const eventTypeNames: readonly string[] = eventRegistry()
  .types()
  .map(({ name }) => name)

/** Asks which events are wanted: by type, and by a query over their issues. */
export const whichEvents = [
  {
    kind: 'texts',
    name: 'types',
    label: 'Event types',
    help: 'Leave empty for all but viewing.',
    placeholder: 'status_changed',
    suggestions: eventTypeNames,
  },
  {
    kind: 'query',
    name: 'query',
    label: 'Only issues that match',
    placeholder: 'label:bug priority:>=high',
    optional: true,
  },
] as const satisfies readonly InboxField[]

/** Asks for the private hosts that a redirect may lead to. */
export const allowedHostsField = (placeholder: string): Extract<InboxField, { kind: 'texts' }> => ({
  kind: 'texts',
  name: 'allowedHosts',
  label: 'Private hosts it may redirect to',
  help: 'A redirect to a private address is refused unless its host is named here.',
  placeholder,
})
