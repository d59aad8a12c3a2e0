import { z } from 'zod'
import type { InboxField } from '#contract/answers/inbox-answers.ts'
import { isForFollowers } from '#core/events/shipped-facts.ts'
import { type DeliveringInbox, delivered, giveUp, type InboxContext, skip } from '../../contract/inbox.ts'
import { deliverOverHttp } from '../../http/http-delivery.ts'
import { mayMatch, querySetting } from '../../routed/query-match.ts'
import { allowedHostsField, allowedHostsSetting, urlSetting } from '../../routed/routed-settings.ts'
import { hostOfAddress, queryOutcome } from '../../routed/routes.ts'
import { mirrorAddress, mirroredIssue } from './mirrored-issue.ts'

const mirrorSettings = z.object({
  /** `''` until somebody set it. */
  baseUrl: z.union([z.literal(''), urlSetting]).default(''),
  query: querySetting,
  allowedHosts: allowedHostsSetting,
})
type MirrorSettings = z.infer<typeof mirrorSettings>

const form: readonly InboxField[] = [
  {
    kind: 'url',
    name: 'baseUrl',
    label: 'Address',
    help: 'Each issue is put to ADDRESS/issues/EXTERNAL-KEY as JSON.',
    placeholder: 'https://tracker.example.org/api',
  },
  { kind: 'secret', name: 'token', label: 'Token', help: 'Sent as a bearer token.', optional: true },
  { kind: 'query', name: 'query', label: 'Only issues that match', placeholder: 'is:open', optional: true },
  allowedHostsField('tracker.internal'),
]

const authorization = (context: Pick<InboxContext, 'secret'>): Record<string, string> => {
  const token = context.secret('token')
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }
}

/**
 * Mirrors issues that have a key in another tracker to that tracker: a PUT of the whole issue, as it is when it is sent, so that a
 * delivery replayed late can't put an old state over a newer one.
 */
export const mirror: DeliveringInbox<MirrorSettings> = {
  name: 'mirror',
  title: 'External sync',
  about: 'Keeps issues that came from another tracker up to date there.',
  scope: 'own',
  onByDefault: false,
  settings: mirrorSettings,
  form,
  notReady: ({ settings }) =>
    settings.baseUrl === '' ? 'Enter the address of the other tracker.' : undefined,
  shouldProcess(event, context) {
    const { settings, workspace } = context
    if (event.streamType !== 'issue' || !isForFollowers(event.type)) return false
    if (!mirroredIssue(workspace.issueAfter(event), workspace)) return false
    return mayMatch(settings.query, event, context)
  },
  targetName: (_target, { settings }) => hostOfAddress(settings.baseUrl) ?? 'mirror',
  async handle({ event, key }, context) {
    const { settings, workspace } = context
    const unusable = queryOutcome(settings.query, 'The query', context)
    if (unusable) return unusable
    const issue = mirroredIssue(workspace.issue(event.streamId), workspace)
    if (!issue) return skip('The issue has no external key.')
    const address = mirrorAddress(settings.baseUrl, issue.externalKey)
    if (!address.ok) return giveUp(address.error.message)
    return deliverOverHttp(
      {
        method: 'PUT',
        url: address.value,
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...authorization(context) },
        body: JSON.stringify(issue),
        allowedHosts: settings.allowedHosts,
      },
      context,
    )
  },
  async test(context) {
    const { baseUrl, allowedHosts } = context.settings
    if (baseUrl === '') return giveUp('Enter the address of the other tracker.')
    return deliverOverHttp(
      {
        method: 'GET',
        url: baseUrl,
        headers: { accept: 'application/json', ...authorization(context) },
        allowedHosts,
        judge({ status }) {
          if (status === 401 || status === 403)
            return giveUp(`The server is there and does not accept the token (${status}).`)
          // Nothing has to be at the base itself.
          return status === 404 || status === 405 ? delivered('The server is there.') : undefined
        },
      },
      context,
    )
  },
}
