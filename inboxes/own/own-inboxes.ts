import { z } from 'zod'
import type { RecordedEvent } from '#core/events/event.ts'
import { isOfReading } from '#core/events/reading.ts'
import {
  type DeliveringInbox,
  type Delivery,
  type DeliveryContext,
  giveUp,
  type InboxContext,
  type Outcome,
  retry,
  type Scope,
} from '../contract/inbox.ts'
import { canConfine } from './confinement.ts'
import { type OwnInboxFile, ownInboxFiles } from './own-inbox-files.ts'
import {
  type Called,
  type Loaded,
  type OwnInboxProcess,
  type ProcessLimits,
  startOwnInbox,
  usualProcessLimits,
} from './own-inbox-process.ts'
import { type OwnInboxPlace, ownInboxStateFolder } from './own-inbox-trust.ts'
import { ownRecordings, recordFor } from './own-recordings.ts'

/** What a user inbox may answer; nothing at all counts as done. */
const ownOutcome = z.union([
  z.undefined().transform(() => ({ kind: 'done' as const, detail: undefined, register: [], record: [] })),
  ownRecordings.extend({ kind: z.literal('done'), detail: z.string().optional() }),
  z.object({ kind: z.literal('skip'), why: z.string() }),
  z.object({ kind: z.literal('retry'), why: z.string(), afterMillis: z.number().nonnegative().optional() }),
  z.object({ kind: z.literal('give_up'), why: z.string() }),
])

/** Stopped so often in a row, an inbox is left alone until somebody mends it. */
const stopsAtMost = 3

export type OwnInboxesOptions = {
  /** Looked up at every use: joining a team makes the workspace another. */
  readonly place: () => OwnInboxPlace
  readonly limits?: ProcessLimits
  /** Something about an inbox changed by itself: it was loaded, or had to be stopped. */
  readonly onChange: () => void
}

/** The inboxes that a person put into the workspace's folder. */
export type OwnInboxes = {
  /** Those there are now, looked up anew. Only a trusted one is ever run, from the very bytes whose hash is trusted. */
  list(): readonly DeliveringInbox[]
  /** Resolves when none is being loaded any more. */
  settled(): Promise<void>
}

/** What a user inbox is told beside the event, as plain data. */
function surroundings(event: RecordedEvent, { workspace, now }: InboxContext) {
  const issue = event.streamType === 'issue' ? workspace.issueAfter(event) : undefined
  const actor = workspace.entity('member', event.actorId)
  return {
    now: now(),
    actor: actor ? { id: actor.id, name: actor.name, handle: actor.handle } : null,
    issue: issue?.exists
      ? {
          id: issue.id,
          key: workspace.issueKey(issue.id),
          title: issue.title,
          status: issue.status,
          priority: issue.priority,
          labels: issue.labels.map((id) => workspace.entity('label', id)?.name ?? id),
          project:
            issue.project === null
              ? null
              : (workspace.entity('project', issue.project)?.name ?? issue.project),
          assignees: issue.assignees.map((id) => workspace.entity('member', id)?.handle ?? id),
        }
      : null,
  }
}

type Running = { readonly process: OwnInboxProcess; loaded: Loaded | undefined }

function ownInbox(
  file: OwnInboxFile,
  folder: string,
  limits: ProcessLimits,
  loading: Set<Promise<unknown>>,
  onChange: () => void,
): DeliveringInbox {
  const { name } = file
  let running: Running | undefined
  let stops = 0
  let trouble: string | undefined

  function start(): Running {
    if (running) return running
    const process = startOwnInbox({
      source: file.source,
      folder,
      hosts: file.hosts,
      confined: canConfine(),
      limits,
      onPrinted: (line) => console.error(`${name}: ${line}`),
    })
    const mine: Running = { process, loaded: undefined }
    running = mine
    const load = process.ready.then(
      (loaded) => {
        mine.loaded = loaded
        onChange()
      },
      (error: Error) => {
        // A file that can't be loaded is not tried again by itself.
        if (mine.loaded === undefined && running === mine) {
          trouble = `${name} ${error.message}. Mend ${file.file} and trust it again.`
          onChange()
        }
      },
    )
    loading.add(load)
    void load.finally(() => loading.delete(load))
    return mine
  }

  async function outcomeOf(
    called: Called,
    delivery: Pick<Delivery, 'key' | 'event'>,
    context: Pick<DeliveryContext, 'host'>,
  ): Promise<Outcome> {
    switch (called.kind) {
      case 'answered': {
        stops = 0
        const parsed = ownOutcome.safeParse(called.outcome)
        if (!parsed.success) return giveUp(`${name} answered something that is no outcome.`)
        const { data } = parsed
        return data.kind === 'done'
          ? recordFor(name, delivery, data, data.detail, context)
          : (data as Outcome)
      }
      case 'threw':
        stops = 0
        return retry(`${name} threw: ${called.why}`)
      case 'stopped': {
        running = undefined
        stops += 1
        if (stops >= stopsAtMost) {
          trouble = `${name} ${called.why}. Mend ${file.file} and trust it again.`
          onChange()
        }
        return retry(`${name} ${called.why}`)
      }
    }
  }

  return {
    name,
    get title() {
      return running?.loaded?.title ?? file.file
    },
    about: `Your own inbox, from the file ${file.file}.`,
    get scope(): Scope {
      return running?.loaded?.scope ?? 'own'
    },
    onByDefault: false,
    settings: z.object({}),
    form: [],
    pace: { concurrency: 1, timeoutMillis: limits.callMillis * 2 },
    notReady() {
      if (file.refusal !== undefined) return file.refusal
      if (!file.trust.on)
        return `${file.file} was switched on in this folder, but not on this computer. Switch it on here.`
      if (trouble !== undefined) return trouble
      return start().loaded ? undefined : `${file.file} is being loaded.`
    },
    shouldProcess: (event) => {
      const types = running?.loaded?.types
      return types === undefined ? !isOfReading(event.type) : types.includes(event.type)
    },
    async handle(delivery, context: DeliveryContext) {
      const { event } = delivery
      const refusal = file.refusal ?? trouble
      if (refusal !== undefined || !file.trust.on) return retry(refusal ?? `${file.file} is off.`)
      return outcomeOf(await start().process.call(event, surroundings(event, context)), delivery, context)
    },
    async close() {
      const last = running
      running = undefined
      last?.process.stop()
    },
  }
}

/** The inboxes in a workspace's folder, each running in a process of its own once it is trusted and on. */
export function ownInboxes({ place, limits = usualProcessLimits, onChange }: OwnInboxesOptions): OwnInboxes {
  const known = new Map<string, DeliveringInbox>()
  const loading = new Set<Promise<unknown>>()
  return {
    list() {
      const here = place()
      const files = ownInboxFiles(here)
      // Another trust, or another workspace, is another inbox: what runs under the old one ends.
      const keys = new Map(
        files.map((file) => [
          JSON.stringify([here.workspaceId, file.name, file.hash, file.trust, file.refusal]),
          file,
        ]),
      )
      for (const [key, inbox] of known)
        if (!keys.has(key)) {
          known.delete(key)
          void inbox.close?.()
        }
      return [...keys].map(([key, file]) => {
        const inbox =
          known.get(key) ?? ownInbox(file, ownInboxStateFolder(here, file.name), limits, loading, onChange)
        known.set(key, inbox)
        return inbox
      })
    },
    settled: async () => void (await Promise.all(loading)),
  }
}
