import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { type DigestReport, type DigestReports, mostEvidenceBytes } from '#contract/sync-api/agreement.ts'
import type { Hello, HelloRequest } from '#contract/sync-api/hello.ts'
import type { Keys, NewKey } from '#contract/sync-api/keys.ts'
import { closedStream } from '#contract/sync-api/nudges.ts'
import { protocolHeader, protocolVersion } from '#contract/sync-api/protocol.ts'
import type { ChainPlace, PulledPage } from '#contract/sync-api/pull.ts'
import type { Pushed, PushRequest } from '#contract/sync-api/push.ts'
import { routeTo, syncRoutes } from '#contract/sync-api/routes.ts'
import type { Invited, InviteRequest, Joined, JoinRequest, Role, Team } from '#contract/sync-api/team.ts'
import type { JsonBounds } from '#core/values/json-bounds.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'
import { refused, refusedForNow } from '../round/round-refusals.ts'
import { type NudgeOptions, readNudges } from './nudge-stream.ts'
import { AnswerTooLarge, answerBounds, readBytes, readJson } from './response-body.ts'
import { refusalOf, serverAddress, troubleOf } from './server-errors.ts'
import { askForTeam } from './whole-team.ts'

export type ServerClientOptions = {
  /** Where the server answers, as a person typed it. */
  readonly url: string
  readonly token?: string
  /** PEM of an authority to trust beside Node's own. */
  readonly ca?: string
  /** How long one request may take, in milliseconds. */
  readonly timeoutMillis?: number
}

/** A page of a pull; `except` as the protocol writes it. */
export type Pull = {
  readonly after: number
  readonly mark: string
  readonly limit: number
  readonly bytes: number
  readonly except?: string
}

/** The routes of one workspace. Each answers with a value and never throws. */
export type WorkspaceClient = {
  hello(request: HelloRequest): Promise<Result<Hello, RemoteCode>>
  push(
    request: Omit<PushRequest, 'events'> & { readonly events: readonly PushRequest['events'][number][] },
  ): Promise<Result<Pushed, RemoteCode>>
  pull(query: Pull): Promise<Result<PulledPage, RemoteCode>>
  chainPlace(chain: string, seq: number): Promise<Result<ChainPlace, RemoteCode>>
  team(): Promise<Result<Team, RemoteCode>>
  invite(request: InviteRequest): Promise<Result<Invited, RemoteCode>>
  withdrawInvite(invite: string): Promise<Result<unknown, RemoteCode>>
  changeRole(member: string, role: Role): Promise<Result<unknown, RemoteCode>>
  removeMember(member: string): Promise<Result<unknown, RemoteCode>>
  revokeDevice(device: string): Promise<Result<unknown, RemoteCode>>
  keys(): Promise<Result<Keys, RemoteCode>>
  newKey(request: NewKey): Promise<Result<unknown, RemoteCode>>
  reportDigest(report: DigestReport): Promise<Result<DigestReports, RemoteCode>>
  putEvidence(chain: string, evidence: Uint8Array): Promise<Result<unknown, RemoteCode>>
  /** @param most bytes that are taken; more is refused */
  getEvidence(chain: string, most: number): Promise<Result<Uint8Array, RemoteCode>>
  /** Hears when the workspace grows, until aborted or ended; see {@link NudgeOptions}. */
  nudges(options: NudgeOptions): Promise<void>
  close(): Promise<void>
}

export type ServerClient = {
  join(request: JoinRequest): Promise<Result<Joined, RemoteCode>>
  workspace(id: string): WorkspaceClient
  close(): Promise<void>
}

const usualTimeoutMillis = 30_000
const worthPacking = 1_024
const pack = promisify(gzip)
/** Of routes whose answer nobody reads: they declare nothing, and a newer server may say something. */
const anything = z.unknown()

/** What a request may send and what it expects. */
type Request = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Record<string, string | number | undefined>
  readonly json?: unknown
  readonly bytes?: Uint8Array
  /** The answer is read as it comes. */
  readonly streams?: true
}

/** Speaks the sync protocol over HTTP. Nothing is sent before the first call. */
export function serverClient(options: ServerClientOptions): ServerClient {
  const { token, ca, timeoutMillis = usualTimeoutMillis } = options
  const address = serverAddress(options.url)
  let opened: Promise<{ readonly undici: typeof import('undici'); readonly agent: Dispatcher }> | undefined

  /** Loaded when it is first needed: an app that syncs with nobody starts without it. */
  const open = () =>
    (opened ??= import('undici').then((undici) => ({
      undici,
      agent: new undici.Agent({
        keepAliveTimeout: 30_000,
        headersTimeout: timeoutMillis,
        bodyTimeout: 0,
        connect: { timeout: 10_000, ...(ca ? { ca: [...rootCertificates, ca] } : {}) },
      }),
    })))

  async function ask(
    request: Request,
    signal: AbortSignal,
  ): Promise<{ readonly response: Dispatcher.ResponseData; readonly status: number }> {
    const { undici, agent } = await open()
    const json = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json))
    const plain = json ?? request.bytes
    const packed = json && json.length > worthPacking ? await pack(json, { level: 1 }) : undefined
    if (!address.ok) throw new Error(address.error.message)
    const { origin, prefix } = address.value
    const response = await undici.request(`${origin}${prefix}${request.path}`, {
      dispatcher: agent,
      method: request.method,
      signal,
      ...(request.query ? { query: request.query } : {}),
      headers: {
        [protocolHeader]: String(protocolVersion),
        accept: 'application/json',
        // Who packs a stream holds it back until there is enough of it.
        'accept-encoding': request.streams ? 'identity' : 'gzip',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(json ? { 'content-type': 'application/json' } : {}),
        ...(request.bytes ? { 'content-type': 'application/octet-stream' } : {}),
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      },
      ...(plain ? { body: packed ?? plain } : {}),
    })
    return { response, status: response.statusCode }
  }

  /** Asks, and reads the answer as `read` does; refusals are small JSON whatever was asked for. */
  async function bytes(
    request: Request,
    read: (response: Dispatcher.ResponseData) => Promise<Buffer>,
  ): Promise<Result<Buffer, RemoteCode>> {
    if (!address.ok) return address
    const signal = AbortSignal.timeout(timeoutMillis)
    try {
      const { response, status } = await ask(request, signal)
      if (status >= 200 && status < 300) return { ok: true, value: await read(response) }
      const retryAfter = response.headers['retry-after']
      const body = await jsonOf(response, answerBounds.note).catch((error) => {
        if (error instanceof AnswerTooLarge) return Buffer.alloc(0)
        throw error
      })
      return refusalOf({ status, body, retryAfter, url: options.url, token })
    } catch (error) {
      if (error instanceof AnswerTooLarge)
        return refusedForNow(
          'answer_too_large',
          `What ${options.url} answered is larger than Docket takes; nothing of it was taken in.`,
        )
      return troubleOf(error, options.url)
    }
  }

  const jsonOf = ({ body, headers }: Dispatcher.ResponseData, bounds: JsonBounds): Promise<Buffer> =>
    readJson(body, headers['content-encoding'], bounds)

  async function value<T>(
    request: Request,
    schema: z.ZodType<T>,
    bounds: JsonBounds = answerBounds.note,
  ): Promise<Result<T, RemoteCode>> {
    const answer = await bytes(request, (response) => jsonOf(response, bounds))
    if (!answer.ok) return answer
    try {
      const found: unknown = JSON.parse(answer.value.toString() || 'null')
      const parsed = schema.safeParse(found)
      if (parsed.success) return { ok: true, value: parsed.data }
    } catch {
      // Half of an answer, or a page for people.
    }
    return refusedForNow(
      'unreadable_answer',
      `What ${options.url} answered can not be read; it may be half of an answer.`,
    )
  }

  const close = async (): Promise<void> => {
    if (opened) await (await opened).agent.destroy()
  }

  return {
    join: (json) => value({ ...routeTo(syncRoutes.join, {}), json }, syncRoutes.join.answer),
    close,
    workspace(workspace) {
      return {
        hello: (json) =>
          value(
            { ...routeTo(syncRoutes.hello, { workspace }), json },
            syncRoutes.hello.answer,
            answerBounds.greeting,
          ),
        push: (json) => value({ ...routeTo(syncRoutes.push, { workspace }), json }, syncRoutes.push.answer),
        pull: (query) =>
          value(
            { ...routeTo(syncRoutes.pull, { workspace }), query },
            syncRoutes.pull.answer,
            answerBounds.page,
          ),
        chainPlace: (chain, seq) =>
          value(
            { ...routeTo(syncRoutes.chainPlace, { workspace, chain, seq }) },
            syncRoutes.chainPlace.answer,
          ),
        team: () =>
          askForTeam((query) =>
            value(
              { ...routeTo(syncRoutes.team, { workspace }), query },
              syncRoutes.team.answer,
              answerBounds.list,
            ),
          ),
        invite: (json) =>
          value({ ...routeTo(syncRoutes.invite, { workspace }), json }, syncRoutes.invite.answer),
        withdrawInvite: (invite) =>
          value({ ...routeTo(syncRoutes.withdrawInvite, { workspace, invite }) }, anything),
        changeRole: (member, role) =>
          value({ ...routeTo(syncRoutes.changeRole, { workspace, member }), json: { role } }, anything),
        removeMember: (member) =>
          value({ ...routeTo(syncRoutes.removeMember, { workspace, member }) }, anything),
        revokeDevice: (device) =>
          value({ ...routeTo(syncRoutes.revokeDevice, { workspace, device }) }, anything),
        keys: () =>
          value({ ...routeTo(syncRoutes.keys, { workspace }) }, syncRoutes.keys.answer, answerBounds.list),
        newKey: (json) => value({ ...routeTo(syncRoutes.newKey, { workspace }), json }, anything),
        reportDigest: (json) =>
          value(
            { ...routeTo(syncRoutes.reportDigest, { workspace }), json },
            syncRoutes.reportDigest.answer,
            answerBounds.list,
          ),
        putEvidence: async (chain, evidence) =>
          evidence.length > mostEvidenceBytes
            ? refused('body_too_large', 'The evidence is too large to send.')
            : value({ ...routeTo(syncRoutes.putEvidence, { workspace, chain }), bytes: evidence }, anything),
        getEvidence: (chain, most) =>
          bytes({ ...routeTo(syncRoutes.getEvidence, { workspace, chain }) }, ({ body }) =>
            readBytes(body, most),
          ),
        nudges: (given) =>
          readNudges(given, async (signal) => {
            const { response, status } = await ask(
              { ...routeTo(syncRoutes.nudges, { workspace }), query: { obeys: closedStream }, streams: true },
              signal,
            )
            if (status !== 200) {
              // It says as an event what is thrown here.
              response.body.on('error', () => {}).destroy()
              throw new Error(`the stream was answered with ${status}`)
            }
            return response.body
          }),
        close,
      }
    },
  }
}
