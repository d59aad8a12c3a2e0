import { v7 as uuidv7 } from 'uuid'
import { temporaryFolder } from '#app/testing/temporary-workspace.ts'
import { initWorkspace, logFile } from '#app/workspace/init-workspace.ts'
import { openWorkspace, type Workspace } from '#app/workspace/workspace.ts'
import { type Command, command } from '#core/commands.ts'
import { done } from '#core/values/refusal.ts'
import { openReadDatabase, type ReadDatabase } from '#db/sqlite/open-database.ts'
import { uuidText } from '#db/sqlite/uuid-bytes.ts'
import type { AutomatedCommand } from '../../../contract/host-port.ts'
import type { Delivery, DeliveryContext, Outcome } from '../../../contract/inbox.ts'
import type { NewDelivery } from '../../../contract/new-delivery.ts'
import { type LogReader, logReader } from '../../../log/log-reader.ts'
import { logWorkspace } from '../../../log/log-workspace.ts'
import { idempotencyKey } from '../../../store/deliveries/idempotency-key.ts'
import { deliveryStore } from '../../../store/delivery-store.ts'
import { inboxDatabaseFile, openInboxDatabase } from '../../../store/open-store.ts'
import { ruleEvaluations } from '../../../store/rule-evaluations.ts'
import { automationInbox } from '../automation.ts'
import type { OccasionContext } from '../time-rules.ts'

/** What became of one delivery to a rule. */
export type LiveRun = {
  readonly issueId: string
  readonly commands: readonly AutomatedCommand[]
  readonly outcome: Outcome
}

/** A workspace on disk with the rules inbox at its log: no runner in between, so that every step is the test's own. */
export type LiveRules = ReturnType<typeof liveRules>

export function liveRules(options: { readonly now?: () => number } = {}) {
  const { now = Date.now } = options
  const { folder, remove } = temporaryFolder()
  initWorkspace({ folder, memberName: 'Ada' })
  const opened = openWorkspace(folder, { durability: 'NORMAL' })
  if (!opened.ok) throw new Error(opened.error.message)
  const workspace: Workspace = opened.value
  const reading = openReadDatabase(logFile(folder))
  if (!reading.ok) throw new Error(reading.error.message)
  const database: ReadDatabase = reading.value
  const reader: LogReader = logReader(database)
  const inbox = automationInbox()
  const handedOn: NewDelivery[] = []
  let position = 0
  let refuseFrom = Number.POSITIVE_INFINITY
  let sent: AutomatedCommand[] = []

  const opening = openInboxDatabase(inboxDatabaseFile(folder))
  if (!opening.ok) throw new Error(opening.error.message)
  const inboxDatabase = opening.value
  const held: { readonly rule: string; readonly issues: number; readonly more: boolean }[] = []

  const context: DeliveryContext<{ earlier: boolean }> & OccasionContext = {
    evaluations: ruleEvaluations(inboxDatabase, now),
    isKnown: () => false,
    onHeld: ({ rule }, issues, more) => held.push({ rule: rule.name, issues, more }),
    settings: { earlier: false },
    secret: () => undefined,
    workspace: logWorkspace(database, reader, { ...workspace.me }),
    host: {
      async execute(automated) {
        if (sent.length >= refuseFrom)
          return { ok: false, error: { code: 'busy', message: 'Somebody else writes.' } }
        sent.push(automated)
        const { command: wish, ...rest } = automated
        const result = workspace.commands.execute(wish as Command, rest)
        return result.ok ? done({ events: result.value.recorded.length, position: 0 }) : result
      },
      notify: async () => true,
    },
    notices: { add: () => {} },
    effects: { notice: () => {}, enqueue: (delivery) => handedOn.push(delivery) },
    now,
    signal: new AbortController().signal,
  }

  async function deliver(
    wanted: Pick<NewDelivery, 'target' | 'eventId' | 'key'>,
    createdAt = now(),
  ): Promise<LiveRun> {
    const event = reader.event(wanted.eventId)
    if (!event) throw new Error(`no event ${wanted.eventId}`)
    const delivery: Delivery = {
      key: wanted.key ?? uuidText(idempotencyKey(event.id, 'rules', wanted.target)),
      target: wanted.target,
      event,
      attempt: 1,
      createdAt,
    }
    sent = []
    const outcome = await inbox.handle(delivery, context)
    return { issueId: event.streamId, commands: sent, outcome }
  }

  return {
    workspace,
    context,
    deliver,
    handedOn,
    /** Rules that were held, in order. */
    held,
    /** Executes a wish and says what id it was about. @throws Error for a refusal. */
    wish(wish: Record<string, unknown>, execute = {}): string {
      const about = { issueId: uuidv7(), commentId: uuidv7(), ...wish }
      const needed =
        wish.type === 'comment' ? about : wish.type === 'create' ? { ...wish, issueId: about.issueId } : wish
      const result = workspace.commands.execute(command.parse(needed), execute)
      if (!result.ok) throw new Error(result.error.message)
      return String(about.issueId)
    },
    /** Sets a webhook endpoint up on this computer. */
    endpoint(id: string, enabled = true): void {
      deliveryStore(inboxDatabase, now).ensure('webhooks', 0, true)
      inboxDatabase.client
        .prepare(`UPDATE inboxes SET settings = ? WHERE name = 'webhooks'`)
        .run(JSON.stringify({ endpoints: [{ id, name: id, url: 'https://example.org/', enabled }] }))
    },
    /** From the nth command of a delivery on, the host has no time. */
    failFrom(count: number): void {
      refuseFrom = count
    },
    /** What the log says is new for the rules. */
    targets(): { readonly target: string; readonly eventId: string }[] {
      const found: { target: string; eventId: string }[] = []
      for (;;) {
        const { arrived, upTo } = reader.after(position, 100)
        for (const { event, origin } of arrived)
          if (origin === 'recorded' && inbox.shouldProcess(event, context))
            for (const target of inbox.targets?.(event, context) ?? [])
              found.push({ target, eventId: event.id })
        if (upTo === position) return found
        position = upTo
      }
    },
    /** Lets the rules act until nothing is left to act on. */
    async run(): Promise<LiveRun[]> {
      const runs: LiveRun[] = []
      for (let waiting = this.targets(); waiting.length > 0; waiting = this.targets())
        for (const next of waiting) runs.push(await deliver(next))
      return runs
    },
    close(): void {
      database.client.close()
      inboxDatabase.client.close()
      workspace.close()
      remove()
    },
  }
}
