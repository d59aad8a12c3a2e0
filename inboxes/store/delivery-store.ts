import type { NewDelivery } from '../contract/new-delivery.ts'
import { ensureInbox, inboxRows, moveCheckpoint, setTrouble } from './deliveries/checkpoints.ts'
import { closedMillis, closeTarget, switchTargetOff } from './deliveries/closed-targets.ts'
import {
  type AttemptEnd,
  type CheckpointMove,
  type WaitingDelivery,
  type WaitingEvaluation,
  waitingDelivery,
} from './deliveries/delivery-rows.ts'
import { type DeliveryStoreContext, deliveryStatements } from './deliveries/delivery-statements.ts'
import { enqueueDelivery, isDeliveryKnown } from './deliveries/enqueue-delivery.ts'
import { type EvaluatedBatch, recordBatch } from './deliveries/record-batch.ts'
import { recordOutcomes, recordReevaluation } from './deliveries/record-outcomes.ts'
import { forgetEnded, pullBackDueTimes } from './deliveries/retention.ts'
import {
  bindToBatch,
  waitingAfter,
  waitingOfBatch,
  waitingOfStream,
  waitingTargets,
} from './deliveries/waiting-deliveries.ts'
import type { InboxDatabase } from './open-store.ts'

/** The part of `inboxes.db` that delivering needs: checkpoints, waiting deliveries, what became of them. */
export type DeliveryStore = ReturnType<typeof deliveryStore>

/**
 * Binds the operations on deliveries to an open file; each says in `deliveries/` what it does. Those that write more than one row are one
 * transaction.
 * @param now milliseconds since 1970, handed in so that tests may set the clock.
 */
export function deliveryStore({ client }: InboxDatabase, now: () => number) {
  const statements = deliveryStatements(client)
  const context: DeliveryStoreContext = { client, statements, now }
  return {
    ensure: (name: string, position: number, enabled: boolean) =>
      ensureInbox(context, name, position, enabled),
    inboxes: () => inboxRows(context),
    recordBatch: client.transaction((batch: EvaluatedBatch) => recordBatch(context, batch)).immediate,
    enqueue: (delivery: NewDelivery): boolean => enqueueDelivery(context, delivery, now()),
    isKnown: (key: string) => isDeliveryKnown(context, key),
    waiting: (inbox: string, target: string, afterId: number, limit: number) =>
      waitingAfter(context, inbox, target, afterId, limit),
    waitingOfStream: (inbox: string, target: string, streamId: string, upToId: number, limit: number) =>
      waitingOfStream(context, inbox, target, streamId, upToId, limit),
    waitingOfBatch: (inbox: string, target: string, batch: string) =>
      waitingOfBatch(context, inbox, target, batch),
    targets: (inbox: string) => waitingTargets(context, inbox),
    bind: client.transaction((deliveries: readonly WaitingDelivery[]) => bindToBatch(context, deliveries))
      .immediate,
    /** Events that an inbox failed to evaluate, and that somebody had replayed. */
    waitingEvaluations: (inbox: string): readonly WaitingEvaluation[] =>
      statements.waitingEvaluations.all(inbox).map(waitingDelivery),
    reevaluate: client.transaction((work: Parameters<typeof recordReevaluation>[1]) =>
      recordReevaluation(context, work),
    ).immediate,
    recordOutcomes: client.transaction((ends: readonly AttemptEnd[]) => recordOutcomes(context, ends))
      .immediate,
    move: client.transaction((to: CheckpointMove, note?: string) => moveCheckpoint(context, to, note))
      .immediate,
    close: (inbox: string, target: string, millis: number, why: string) =>
      closeTarget(context, inbox, target, millis, why),
    closedMillis: (inbox: string, target: string) => closedMillis(context, inbox, target),
    /** What waited while a target was closed was sent. */
    opened: (inbox: string, target: string): void => void statements.putOpened.run(inbox, target),
    switchOff: client.transaction((inbox: string, target: string, settings: unknown, note: string) =>
      switchTargetOff(context, inbox, target, settings, note),
    ).immediate,
    setTrouble: (name: string, sentence: string | null) => setTrouble(context, name, sentence),
    pullBack: () => pullBackDueTimes(context),
    forget: client.transaction((before: number) => forgetEnded(context, before)).immediate,
    /** Moves when another process wrote. */
    dataVersion: () => Number(statements.dataVersion.get()),
  }
}
