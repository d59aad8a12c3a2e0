import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { z } from 'zod'
import type { HostMessage } from '#contract/answers/answers.ts'
import type { SyncView } from '#contract/answers/sync-answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { parseInvite } from '#contract/invite-text.ts'
import type { Team } from '#contract/sync-api/team.ts'
import { issueKey } from '#core/issue/issue-key.ts'
import { ownersToNote } from '#core/time/decide-times.ts'
import { done, type Refusal, type RemoteCode, type Result, refuse } from '#core/values/refusal.ts'
import { chainReader, writtenHere } from '#db/log/read/chain-reader.ts'
import { ArrivalError, type Arrivals } from '#db/log/receive-events.ts'
import type { ChainFork } from '#db/log/rows/chain-store.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import { waitForDisk, withoutFsync } from '#db/sqlite/without-fsync.ts'
import { syncMemory } from '#inboxes/store/sync-memory.ts'
import { sealing } from '#inboxes/sync/encryption/encryption.ts'
import {
  type KeptKeys,
  keptKeys,
  type SyncSettings,
  syncSettings,
} from '#inboxes/sync/encryption/sync-settings.ts'
import { refused, refusedForNow } from '#inboxes/sync/round/round-refusals.ts'
import { serverClient, type WorkspaceClient } from '#inboxes/sync/server/server-client.ts'
import { newId } from '../commands/new-id.ts'
import { retryWhileBusy } from '../commands/retry-while-busy.ts'
import type { InboxService } from '../inboxes/inbox-service.ts'
import { adaptiveBatch } from '../jobs/adaptive-batch.ts'
import { logFile } from '../workspace/init-workspace.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { assignMissingNumbers } from './assign-missing-numbers.ts'
import { checkJoin, keyOf } from './check-join.ts'
import { joinHistory } from './join-history.ts'

/** What the desk has the worker do. */
export type SyncControl = {
  /** A round at once; the standing after it. Rejects where no worker is there. */
  now(): Promise<SyncView>
}

/** Sync as the process that owns the log sees it: joins and leaves, takes in what arrives, and knows how things stand. */
export type SyncService = {
  view(): SyncView
  /** The worker says how things stand. */
  heard(view: SyncView): void
  /** Resolves once it was heard whether the copies agree, or will not be soon. */
  agreed(): Promise<void>
  attach(control: SyncControl): void
  receive(arrivals: Arrivals): Promise<Result<{ readonly appended: number }, RemoteCode>>
  forkChain(fork: ChainFork): Promise<Result<null, RemoteCode>>
  keepSecret(field: string, value: string): Promise<Result<null, RemoteCode>>
  join(request: CallRequest<'sync.join'>): Promise<Result<SyncView>>
  now(): Promise<Result<SyncView>>
  pause(paused: boolean): Result<SyncView>
  /** Goes on without the payload of an event that does not open. Refuses with `not_synced`. */
  passOver(event: string): Result<SyncView>
  leave(): Promise<Result<SyncView>>
  /** The server as this device sees it, with what is kept of the connection. Refuses with `not_synced`. */
  server(): Result<{
    readonly client: WorkspaceClient
    readonly settings: SyncSettings
    readonly keys: KeptKeys | undefined
  }>
  /** Has the log say who the owners are, where this copy's member may and the server's list says otherwise. */
  noteTeam(team: Pick<Team, 'members'>): Promise<void>
}

export type SyncServiceOptions = {
  readonly workspace: Workspace
  readonly inboxes: InboxService
  readonly emit: (message: HostMessage) => void
  /** Called after something arrived. */
  readonly onArrived: () => void
}

/** What a join is made with, kept until it is done. */
const joining = z.object({
  code: z.string(),
  secret: z.string(),
  device: keptKeys.shape.device,
  /** The workspace's first key, where this join begins encryption. */
  key: z.string(),
})

/** Arriving events that are taken in at once: at first, and at most. */
const [firstAtOnce, mostAtOnce] = [60, 500]
/** How often windows and inboxes hear of what arrives while much does; of the first of it at once. */
const tellEveryMillis = 100
/** How long a digest may take to be made and compared. */
const agreementMillis = 20_000

const alone: SyncView = {
  state: 'off',
  reason: null,
  server: null,
  workspace: null,
  role: null,
  device: null,
  encrypted: false,
  progress: null,
  unpushed: 0,
  notTaken: null,
  ahead: 0,
  unreadable: 0,
  lastSyncedAt: null,
  polling: false,
  nextTryAt: null,
  agreement: { state: 'unknown', digest: null, replicas: 0, difference: null },
  clockAheadMillis: null,
}

/** What a server would not do, as a refusal of ours. */
export const refusedBy = ({ retryable, code, message, details }: Refusal<RemoteCode>) =>
  refuse(retryable ? 'server_away' : 'server_refused', message, { ...details, server: code })

export function syncService({ workspace, inboxes, emit, onArrived }: SyncServiceOptions): SyncService {
  let control: SyncControl | undefined
  let heardView: SyncView | undefined
  const chains = chainReader(workspace.database, workspace.log.streamIds)
  const arriving = adaptiveBatch(firstAtOnce, mostAtOnce)

  const settingsNow = (): SyncSettings | undefined => {
    const row = inboxes.row('sync')
    const settings = row?.enabled ? syncSettings.safeParse(row.settings).data : undefined
    return settings?.url ? settings : undefined
  }
  const keysNow = (): KeptKeys | undefined => {
    const text = inboxes.secret('sync', 'keys')
    return text === undefined ? undefined : keptKeys.safeParse(JSON.parse(text)).data
  }

  /** A disagreement with the key of the issue that it is about. */
  function named(of: SyncView): SyncView {
    const { difference } = of.agreement
    const event = difference?.eventId ? workspace.log.event(difference.eventId) : undefined
    if (!difference || event?.streamType !== 'issue') return of
    const issueOf = workspace.log.issue(event.streamId)
    const key = issueKey(workspace.name().keyPrefix, issueOf)
    return { ...of, agreement: { ...of.agreement, difference: { ...difference, issueKey: key } } }
  }

  function view(): SyncView {
    const settings = settingsNow()
    if (!settings) return alone
    if (heardView && heardView.state !== 'off') return named(heardView)
    const memory = syncMemory(inboxes.inboxDatabase())
    const known = memory.view()
    const written = writtenHere(chains)
    return {
      ...alone,
      ...known,
      // As it was when a worker last looked, with what was recorded since.
      unpushed: (known?.unpushed ?? 0) + Math.max(0, written - (memory.written() ?? written)),
      state: inboxes.row('sync')?.paused ? 'paused' : (known?.state ?? 'connecting'),
      server: settings.url,
      workspace: settings.name,
      device: settings.device,
      encrypted: settings.encrypted,
      lastSyncedAt: memory.lastSyncedAt(),
    }
  }

  /** A member who joined is in the log for all to see, once what is known of the workspace is here. */
  function introduce(): void {
    const { memberId, memberName, role } = workspace.me
    if (role === 'reader' || workspace.commands.decisionContext().entityExists('member', memberId)) return
    workspace.commands.execute({ type: 'rename_member', memberId: memberId as never, name: memberName })
    onArrived()
  }

  /** Whether somebody may have become an owner, or be none any more, since the owners were last noted. */
  let ownersMayDiffer = true

  /** Has the log say who the owners are where the server's list says otherwise: on what the log says alone copies agree. Only an owner whom it knows can. */
  async function noteOwners(): Promise<void> {
    const { memberId } = workspace.me
    if (!ownersMayDiffer || !workspace.log.corrections.owners().includes(memberId)) return
    ownersMayDiffer = false
    const connected = server()
    if (!connected.ok) return
    const { client } = connected.value
    const team = await client.team().finally(() => void client.close())
    if (team.ok) await noteTeam(team.value)
  }

  async function noteTeam({ members }: Pick<Team, 'members'>): Promise<void> {
    if (workspace.database.readOnly || workspace.me.role === 'reader') return
    const owners = members.flatMap(({ id, role, removedAt }) =>
      role === 'owner' && removedAt === null ? id : [],
    )
    const { workspaceId, memberId } = workspace.me
    const noted = await written(() =>
      workspace.log.transact(() => {
        const event = ownersToNote(memberId, owners, workspace.log.corrections.owners())
        if (!event) return false
        const metadata = { triggeredBy: 'sync' } as const
        workspace.log.append({ type: 'workspace', id: workspaceId }, [
          { ...event, id: newId(), actorId: memberId, metadata },
        ])
        return true
      }),
    )
    if (noted.ok && noted.value) onArrived()
  }

  /** What the member may do here is what the server says. */
  function sitAs(role: SyncView['role']): void {
    if (role === null || role === workspace.me.role) return
    workspace.become({ role })
    emit({ kind: 'changed', position: workspace.log.position(), issues: [], directory: true })
  }

  const tell = (): SyncView => {
    const now = view()
    emit({ kind: 'sync', sync: now })
    return now
  }

  function server(): ReturnType<SyncService['server']> {
    const settings = settingsNow()
    const token = inboxes.secret('sync', 'token')
    if (!settings) return refuse('not_synced', 'This workspace is of this machine alone. Join a team first.')
    if (!token)
      return refuse(
        'secrets_unavailable',
        'The token for the server can not be opened here: it was sealed by another part of Docket on this machine.',
      )
    const { url, ca, workspaceId } = settings
    const client = serverClient({ url, token, ...(ca ? { ca } : {}) }).workspace(workspaceId)
    return done({ client, settings, keys: keysNow() })
  }

  /** What a join with that invite was begun with, where its answer did not come. */
  function begunJoin(code: string): z.infer<typeof joining> | undefined {
    const text = inboxes.secret('sync', 'joining')
    const kept = text === undefined ? undefined : joining.safeParse(JSON.parse(text)).data
    return kept?.code === code ? kept : undefined
  }

  async function join(request: CallRequest<'sync.join'>): Promise<Result<SyncView>> {
    if (settingsNow())
      return refuse(
        'already_synced',
        'This workspace is synced already. Leave its team first; nothing was changed.',
      )
    const invite = parseInvite(request.invite)
    if (!invite)
      return refuse(
        'invalid_input',
        'That is not an invite: it begins with "docket-invite:". Nothing was changed.',
      )
    const given = await keyOf(invite)
    if (!given.ok) return given
    const { ca } = request
    const device = request.device ?? hostname()
    const client = serverClient({ url: request.url, ...(ca ? { ca } : {}) })
    const box = await sealing()
    const attempt = begunJoin(invite.code) ?? {
      code: invite.code,
      secret: randomBytes(32).toString('base64url'),
      device: box.newDeviceKeyPair(),
      key: box.newWorkspaceKey(),
    }
    const { device: pair } = attempt
    // Kept before it is used: an answer that is lost is asked for again, and no invite is taken for nothing.
    const remembered = inboxes.configure({ name: 'sync', secrets: { joining: JSON.stringify(attempt) } })
    if (!remembered.ok) return remembered
    // Whoever begins encryption has the first key before anybody knows of it.
    const first = request.encrypt && !given.value ? { number: 1, value: attempt.key } : undefined
    const key = given.value ?? first
    const { me } = workspace
    const joined = await client.join({
      code: invite.code,
      attempt: attempt.secret,
      device: {
        name: device,
        publicKey: pair.publicKey,
        ...(key ? { proof: box.deviceProof(key.value, pair.publicKey) } : {}),
      },
      member: { id: me.memberId, name: me.memberName },
      historyId: me.workspaceId,
    })
    if (!joined.ok) return refusedBy(joined.error)
    const { token, deviceId, workspaceId, historyId, name, member } = joined.value
    const within = serverClient({ url: request.url, token, ...(ca ? { ca } : {}) }).workspace(workspaceId)
    const terms = { invite, given: given.value, first, device: pair }
    const checked = await checkJoin(terms, joined.value, within)
    if (!checked.ok) return checked
    const encrypted = key !== undefined
    const ring: Record<string, string> = key ? { [key.number]: key.value } : {}
    if (first && !joined.value.encrypted) {
      const boxes = [{ deviceId, box: box.sealKeyForDevice(first.value, pair.publicKey) }]
      const begun = await within.newKey({ key: 1, boxes })
      if (!begun.ok) return refusedBy(begun.error)
    }
    joinHistory(workspace, { historyId, memberId: member.id, memberName: member.name, role: member.role })
    workspace.log.saltPayloads(encrypted)
    const settings: SyncSettings = {
      url: request.url,
      workspaceId,
      name,
      deviceId,
      device,
      encrypted,
      ...(ca ? { ca } : {}),
    }
    const keys: KeptKeys = { device: pair, ring }
    const kept = inboxes.configure({
      name: 'sync',
      enabled: true,
      settings: settings as never,
      secrets: { token, joining: null, ...(encrypted ? { keys: JSON.stringify(keys) } : {}) },
    })
    if (!kept.ok) return kept
    inboxes.resume('sync')
    onArrived()
    return done(tell())
  }

  /** Runs a write to the log for the worker; what fails is an answer. */
  async function written<T>(work: () => T): Promise<Result<T, RemoteCode>> {
    try {
      return { ok: true, value: await retryWhileBusy(work) }
    } catch (error) {
      if (error instanceof ArrivalError) {
        if (error.code === 'own_chain') return refusedForNow(error.code, error.message)
        return refused(
          error.code,
          `What the server sent is not what was recorded: ${error.message}. Nothing of it was taken in.`,
        )
      }
      const refusal = databaseRefusal(error, logFile(workspace.folder))
      if (refusal) return refusedForNow(refusal.code, refusal.message)
      throw error
    }
  }

  return {
    view,
    heard(now) {
      heardView = now
      sitAs(now.role)
      if (now.state === 'up_to_date') {
        introduce()
        noteOwners().catch((error) => console.error('who the owners are could not be noted:', error))
      }
      tell()
    },
    async agreed() {
      const until = Date.now() + agreementMillis
      const moot = (): boolean => heardView?.state !== 'up_to_date' || heardView.agreement.digest !== null
      while (!moot() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    attach(to) {
      control = to
    },
    async receive({ chains, events }) {
      let [appended, changed, told, toldAt] = [0, 0, 0, Number.NEGATIVE_INFINITY]
      const tellOfThem = (): void => {
        if (changed > told) onArrived()
        ;[told, toldAt] = [changed, performance.now()]
      }
      for (let start = 0; start < events.length; ) {
        const part = { chains, events: events.slice(start, start + arriving.size) }
        start += part.events.length
        const before = performance.now()
        const taken = await written(() => withoutFsync(workspace.database, () => workspace.log.receive(part)))
        if (!taken.ok) {
          tellOfThem()
          return taken
        }
        arriving.took(part.events.length, performance.now() - before)
        if (part.events.some(({ event }) => event.streamType === 'member')) ownersMayDiffer = true
        appended += taken.value.appended
        changed += taken.value.appended + taken.value.madeWhole
        if (performance.now() - toldAt >= tellEveryMillis) tellOfThem()
        await new Promise((resolve) => setImmediate(resolve))
      }
      tellOfThem()
      // The worker hears of it once all of it is there to stay.
      if (changed === 0) return { ok: true, value: { appended } }
      const lasting = await written(() => waitForDisk(workspace.database))
      return lasting.ok ? { ok: true, value: { appended } } : lasting
    },
    forkChain: async (fork) => {
      const forked = await written(() => workspace.log.forkChain(fork))
      return forked.ok ? { ok: true, value: null } : forked
    },
    async keepSecret(field, value) {
      const kept = inboxes.configure({ name: 'sync', secrets: { [field]: value } })
      return kept.ok ? { ok: true, value: null } : refused(kept.error.code, kept.error.message)
    },
    join,
    async now() {
      const connected = server()
      if (!connected.ok) return connected
      if (!control)
        return refuse('worker_running', 'No inbox worker runs here. Start the app or "docket work".')
      try {
        heardView = await control.now()
        sitAs(heardView.role)
        return done(tell())
      } catch (error) {
        return refuse('busy', (error as Error).message)
      }
    },
    pause(paused) {
      if (!settingsNow()) return refuse('not_synced', 'This workspace is of this machine alone.')
      const changed = paused ? inboxes.pause('sync') : inboxes.resume('sync')
      return changed.ok ? done(tell()) : changed
    },
    passOver(event) {
      const connected = server()
      if (!connected.ok) return connected
      const { settings } = connected.value
      const passedOver = [...new Set([...(settings.passedOver ?? []), event])]
      const changed = inboxes.configure({ name: 'sync', settings: { ...settings, passedOver } })
      return changed.ok ? done(tell()) : changed
    },
    async leave() {
      const connected = server()
      if (!connected.ok && connected.error.code === 'not_synced') return connected
      // Where the server is away or refuses, an owner can revoke the device there: leaving is nobody else's business.
      if (connected.ok) await connected.value.client.revokeDevice(connected.value.settings.deviceId)
      const changed = inboxes.configure({
        name: 'sync',
        enabled: false,
        settings: {},
        secrets: { token: null, keys: null, joining: null },
      })
      if (!changed.ok) return changed
      syncMemory(inboxes.inboxDatabase()).clear()
      workspace.become({ role: '' })
      workspace.log.followHistory(null)
      workspace.log.saltPayloads(false)
      assignMissingNumbers(workspace)
      heardView = undefined
      onArrived()
      return done(tell())
    },
    server,
    noteTeam,
  }
}
