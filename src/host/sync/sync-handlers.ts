import { formatInvite } from '#contract/invite-text.ts'
import type { TeamView } from '#contract/sync-views.ts'
import { done, type Result } from '#core/refusal.ts'
import { rotation } from '#inboxes/sync/workspace-keys.ts'
import type { CallHandlers } from '../call-handlers.ts'
import { refusedBy, type SyncDesk } from './sync-desk.ts'

type SyncCall = Extract<keyof CallHandlers, `${'sync' | 'team'}.${string}`>
type Connected = Extract<ReturnType<SyncDesk['server']>, { ok: true }>['value']

/** What the calls about sync and the team do. */
export function syncHandlers(desk: SyncDesk): Pick<CallHandlers, SyncCall> {
  async function team({ client, settings, keys }: Connected): Promise<Result<TeamView>> {
    const [answer, hello] = await Promise.all([
      client.team(),
      client.hello({ chains: [], cursor: { seq: 0, mark: '0'.repeat(64) } }),
    ])
    if (!answer.ok) return refusedBy(answer)
    if (!hello.ok) return refusedBy(hello)
    const { member, key, encrypted } = hello.value
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
    rekey = false,
  ): Promise<Result<TeamView>> {
    const connected = desk.server()
    if (!connected.ok) return connected
    const answer = await work(connected.value.client)
    if (!answer.ok) return refusedBy(answer)
    if (rekey && connected.value.settings.encrypted) {
      const begun = await beginNextKey(connected.value)
      if (!begun.ok) return begun
    }
    const again = desk.server()
    return again.ok ? team(again.value) : again
  }

  /** Whoever left knows the key so far: from here on there is another. */
  async function beginNextKey({ client, keys }: Connected): Promise<Result<null>> {
    const [known, newest] = await Promise.all([client.team(), client.keys()])
    if (!known.ok) return refusedBy(known)
    if (!newest.ok) return refusedBy(newest)
    const next = await rotation(keys?.ring ?? {}, newest.value.key, known.value.devices)
    if (!next.ok) return refusedBy(next)
    const begun = await client.newKey(next.value.request)
    if (!begun.ok) return refusedBy(begun)
    if (keys) {
      const kept = await desk.keepSecret('keys', JSON.stringify({ ...keys, ring: next.value.ring }))
      if (!kept.ok) return refusedBy(kept)
    }
    return done(null)
  }

  return {
    'sync.status': async () => done(desk.view()),
    'sync.join': (request) => desk.join(request),
    'sync.now': () => desk.now(),
    'sync.pause': async () => desk.pause(true),
    'sync.resume': async () => desk.pause(false),
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
      if (!invited.ok) return refusedBy(invited)
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
