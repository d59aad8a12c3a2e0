import type { TeamView } from '#contract/answers/sync-answers.ts'
import { formatInvite } from '#contract/invite-text.ts'
import { startCursor } from '#contract/sync-api/wire-events.ts'
import { done, type Result } from '#core/values/refusal.ts'
import { beginNextKey as nextKey } from '#inboxes/sync/encryption/next-key.ts'
import { refusedBy, type SyncService } from '../sync/sync-service.ts'
import type { CallHandlers } from './handler-types.ts'

type SyncCall = Extract<keyof CallHandlers, `${'sync' | 'team'}.${string}`>
type Connected = Extract<ReturnType<SyncService['server']>, { ok: true }>['value']

/** What the calls about sync and the team do. */
export function syncHandlers(desk: SyncService): Pick<CallHandlers, SyncCall> {
  async function team({ client, settings, keys }: Connected): Promise<Result<TeamView>> {
    const [answer, hello] = await Promise.all([
      client.team(),
      client.hello({ chains: [], cursor: startCursor }),
    ])
    if (!answer.ok) return refusedBy(answer.error)
    if (!hello.ok) return refusedBy(hello.error)
    await desk.noteTeam(answer.value)
    const { member, key } = hello.value
    const encrypted = settings.encrypted || hello.value.encrypted
    return done({
      ...answer.value,
      me: { memberId: member.id, deviceId: settings.deviceId, role: member.role },
      encrypted,
      key: encrypted ? { newest: key, have: keys?.ring[key] !== undefined } : null,
    })
  }

  /** Does something to the team, and answers with the team after it. */
  async function changed(
    work: (
      client: Connected['client'],
    ) => Promise<
      { readonly ok: true } | Extract<Awaited<ReturnType<Connected['client']['team']>>, { ok: false }>
    >,
    leaves = false,
  ): Promise<Result<TeamView>> {
    const connected = desk.server()
    if (!connected.ok) return connected
    const answer = await work(connected.value.client)
    if (!answer.ok) return refusedBy(answer.error)
    if (leaves) await beginNextKey(connected.value)
    const again = desk.server()
    return again.ok ? team(again.value) : again
  }

  /**
   * Whoever left knows the key so far: from here on there is another. The server remembers that it is needed, and any owner's copy begins it as it
   * syncs; here it is begun at once, for this one may not sync for long.
   */
  async function beginNextKey({ client, keys }: Connected): Promise<void> {
    const hello = await client.hello({ chains: [], cursor: startCursor })
    if (!hello.ok || !keys || !hello.value.needsKey || hello.value.member.role !== 'owner') return
    const next = await nextKey(client, keys, hello.value.key)
    if (next.ok) await desk.keepSecret('keys', JSON.stringify(next.value))
  }

  return {
    'sync.status': async () => done(desk.view()),
    'sync.join': (request) => desk.join(request),
    'sync.now': () => desk.now(),
    'sync.pause': async () => desk.pause(true),
    'sync.resume': async () => desk.pause(false),
    'sync.passOver': async ({ event }) => desk.passOver(event),
    'sync.leave': () => desk.leave(),
    async 'team.get'() {
      const connected = desk.server()
      return connected.ok ? team(connected.value) : connected
    },
    async 'team.invite'(request) {
      const connected = desk.server()
      if (!connected.ok) return connected
      const { client, settings, keys } = connected.value
      const { memberId, ...rest } = request
      const invited = await client.invite({ ...rest, ...(memberId ? { memberId } : {}) })
      if (!invited.ok) return refusedBy(invited.error)
      const numbers = Object.keys(keys?.ring ?? {}).map(Number)
      const newest = Math.max(0, ...numbers)
      const key = settings.encrypted && newest > 0 ? `${newest}:${keys?.ring[newest]}` : undefined
      const { url, workspaceId } = settings
      const text = formatInvite({ url, workspaceId, code: invited.value.code, ...(key ? { key } : {}) })
      return done({ ...invited.value, text })
    },
    'team.withdrawInvite': ({ inviteId }) => changed((client) => client.withdrawInvite(inviteId)),
    'team.changeRole': ({ memberId, role }) => changed((client) => client.changeRole(memberId, role)),
    'team.removeMember': ({ memberId }) => changed((client) => client.removeMember(memberId), true),
    'team.revokeDevice': ({ deviceId }) => changed((client) => client.revokeDevice(deviceId), true),
  }
}
