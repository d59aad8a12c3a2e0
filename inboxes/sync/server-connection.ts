import { agreementWatch } from './agreement/agreement.ts'
import { payloads } from './encryption/payloads.ts'
import type { SyncSettings } from './encryption/sync-settings.ts'
import { nudgeListener } from './nudge-listener.ts'
import { serverClient } from './server/server-client.ts'
import type { ServerConnection, SyncContext } from './sync-context.ts'
import { publishView } from './sync-view.ts'

/** A connection to the server that the settings name; nothing is sent before the first round. */
export function connectServer(sync: SyncContext, settings: SyncSettings, token: string): ServerConnection {
  const server = serverClient({ url: settings.url, token, ...(settings.ca ? { ca: settings.ca } : {}) })
  const client = server.workspace(settings.workspaceId)
  const connection: ServerConnection = {
    settings,
    token,
    client,
    payloads: payloads({
      encrypted: settings.encrypted,
      client,
      secret: sync.secret,
      host: sync.host,
      passedOver: settings.passedOver,
    }),
    agreement: agreementWatch({
      database: sync.database,
      client,
      deviceId: settings.deviceId,
      folder: sync.folder,
      now: sync.now,
      onChange: () => publishView(sync),
    }),
    ended: new AbortController(),
    nudges: nudgeListener({
      nudges: client.nudges,
      // What came between the round and this was nobody's nudge.
      onOpen() {
        connection.greets = true
        sync.requestRound('change')
      },
      onNudge({ seq, greet }) {
        if (greet) connection.greets = true
        if (greet || seq > sync.memory.cursor().seq) sync.requestRound('change')
      },
      onOver() {
        connection.last = undefined
        if (sync.connection === connection) sync.requestRound('change')
      },
      now: sync.now,
      random: sync.random,
    }),
    last: undefined,
    stored: undefined,
    greets: true,
  }
  return connection
}

/** The end of the connection that there is, if any: what is under way is aborted, and nothing is awaited. */
export function disconnectServer(sync: SyncContext): void {
  clearTimeout(sync.timer)
  const { connection } = sync
  connection?.ended.abort()
  connection?.nudges.stop()
  connection?.agreement.stop()
  void connection?.client.close()
  sync.connection = undefined
}
