import { delivered, type InlineInbox } from '../contract/inbox.ts'
import { type SyncSettings, syncSettings } from './encryption/sync-settings.ts'

/**
 * Sync as an inbox: switched, paused and shown like the others. What it does with an event is done by the engine, chain by chain, beside the
 * runner (`sync/sync-client.ts`): a row in the delivery store for each event would say nothing that the chain does not.
 */
export const syncInbox: InlineInbox<SyncSettings> = {
  name: 'sync',
  title: 'Team sync',
  about: 'Shares this workspace with its team through a server. Set it up under Team.',
  scope: 'own',
  onByDefault: false,
  inline: true,
  settings: syncSettings,
  form: [],
  notReady: ({ settings, secret }) =>
    settings.url === '' || !secret('token') ? 'Join a team first: Settings, Team.' : undefined,
  shouldProcess: () => true,
  handle: () => delivered(),
}
