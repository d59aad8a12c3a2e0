import type { InboxState, InboxView, OwnInboxView } from '#contract/answers/inbox-answers.ts'
import { hlcMillis } from '#core/events/event-order.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import type { Inbox } from '#inboxes/contract/inbox.ts'
import { canConfine } from '#inboxes/own/confinement.ts'
import type { OwnInboxFile } from '#inboxes/own/own-inbox-files.ts'
import { heldSentence } from '#inboxes/own/sends-from-here.ts'
import { goneTargets } from '#inboxes/store/gone-targets.ts'
import { type InboxRecord, inboxRecords } from '#inboxes/store/inbox-rows.ts'
import { allInboxes, awaitsConsent, findInbox, findOwnFile, isOn } from './find-inbox.ts'
import { type InboxServiceContext, type OpenInboxStore, openInboxStore } from './inbox-service-context.ts'

type InboxHealth = ReturnType<OpenInboxStore['deliveryLog']['health']>

/** How long a note about an inbox is shown, in milliseconds. */
const noteMillis = 7 * 86_400_000

function stateOf(
  row: InboxRecord,
  retrying: number,
  held: string | null,
  trouble: string | null,
): InboxState {
  if (row.paused) return 'paused'
  if (trouble !== null) return 'not_ready'
  if (held !== null) return 'failing'
  return retrying > 0 && (row.lastErrorAt ?? 0) >= (row.lastDoneAt ?? 0) ? 'failing' : 'running'
}

function describeInbox(
  context: InboxServiceContext,
  inbox: Inbox,
  row: InboxRecord,
  health: InboxHealth,
): InboxView {
  const { waiting = 0, retrying = 0, dead = 0, doneLately = 0, held = null } = health.get(inbox.name) ?? {}
  const file = findOwnFile(context, inbox.name)
  // The worker says what is missing; whether a file may run is known here, too, before it has looked.
  const trouble = file?.refusal ?? (awaitsConsent(context, inbox) ? heldSentence(inbox) : row.trouble)
  const settings = inbox.settings.safeParse(JSON.parse(row.settings))
  const works = isOn(row, file) ? stateOf(row, retrying, held, trouble) : 'off'
  const unheard =
    works === 'running' && settings.success
      ? inbox.unheard?.({ settings: settings.data, workspace: openInboxStore(context).reader })
      : undefined
  const state = unheard === undefined ? works : 'not_ready'
  const behind = state === 'off' ? 0 : Math.max(0, context.workspace.log.position() - row.position)
  const since = behind === 0 ? undefined : context.firstHlcAfter(row.position)
  const secrets = openInboxStore(context).secrets.names(inbox.name)
  return {
    name: inbox.name,
    title: inbox.title,
    about: inbox.about,
    scope: inbox.scope,
    state,
    stateDetail:
      unheard ?? (state === 'not_ready' ? trouble : state === 'failing' ? (held ?? row.lastError) : null),
    position: row.position,
    lag: {
      events: behind,
      seconds: since === undefined ? 0 : Math.max(0, Math.round((Date.now() - hlcMillis(since)) / 1_000)),
    },
    waiting,
    retrying,
    dead,
    done: row.done,
    throughput: doneLately / 5,
    lastDoneAt: row.lastDoneAt,
    lastError:
      row.lastErrorAt === null
        ? null
        : { at: row.lastErrorAt, target: row.lastErrorTarget ?? '', message: row.lastError ?? '' },
    note:
      row.note === null ||
      row.noteAt === null ||
      (row.noteAt < Date.now() - noteMillis &&
        goneTargets(openInboxStore(context).database, inbox.name).length === 0)
        ? null
        : { at: row.noteAt, message: row.note },
    canTest: !inbox.inline && inbox.test !== undefined,
    form: inbox.form,
    settings: (settings.success ? settings.data : JSON.parse(row.settings)) as Record<string, unknown>,
    secrets: secrets.readable,
    unreadableSecrets: secrets.unreadable,
    own: file ? ownInboxView(file) : null,
  }
}

/** A user inbox's file as a person sees it. */
export const ownInboxView = ({ file, hash, hosts, trusted, refusal }: OwnInboxFile): OwnInboxView => ({
  file,
  hash,
  hosts,
  trusted,
  confined: canConfine(),
  refusal: refusal ?? null,
})

/** Looks an inbox up with its settings and health. Refuses with `unknown_inbox`. */
export function inboxView(context: InboxServiceContext, name: string): Result<InboxView> {
  const inbox = findInbox(context, name)
  if (!inbox.ok) return inbox
  const row = inboxRecords(openInboxStore(context).database).find((each) => each.name === name)
  if (!row) return refuse('unknown_inbox', `There is no inbox "${name}".`)
  return done(describeInbox(context, inbox.value, row, openInboxStore(context).deliveryLog.health()))
}

/** Lists every inbox with its settings and health. */
export function inboxViews(context: InboxServiceContext): readonly InboxView[] {
  const all = allInboxes(context)
  const { database, deliveryLog } = openInboxStore(context)
  const health = deliveryLog.health()
  const known = new Map(inboxRecords(database).map((row) => [row.name, row]))
  return all.flatMap((inbox) => {
    const row = known.get(inbox.name)
    return row ? [describeInbox(context, inbox, row, health)] : []
  })
}
