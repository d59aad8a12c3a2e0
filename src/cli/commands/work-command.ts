import type { ServiceWithInboxes } from '#app/with-inbox-worker.ts'
import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { type Shared, workspaceFolder } from '../input/open-here.ts'
import { settled, stoppedError, withService, withWorker } from '../input/with-service.ts'
import { accepted, print, printJson, RefusedError } from '../output/output.ts'

/** Rejects with a sentence once the worker is given up: whoever waits for what it does would wait for ever. */
function givenUp(service: ServiceWithInboxes): Promise<never> {
  return new Promise((_, reject) => {
    service.onMessage((message) => {
      if (message.kind === 'worker' && message.state === 'stopped') reject(stoppedError(message.detail))
    })
  })
}

const total = (inboxes: readonly InboxView[], of: 'done' | 'waiting' | 'dead'): number =>
  inboxes.reduce((sum, inbox) => sum + inbox[of], 0)

/** Runs the inboxes here: until told to end, or with `once` until nothing is left that can be done now. */
export async function work(options: Shared & { once?: boolean }): Promise<void> {
  const folder = workspaceFolder(options)
  await withService(options, async (opened) => {
    const before = accepted(await opened.call('inboxes.list', {}))
    const service = withWorker(folder, opened)
    const ended = new Promise<void>((resolveEnd) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolveEnd())
    })
    try {
      const state = await settled(service)
      if (options.once) {
        if (state === 'standby')
          throw new RefusedError({
            code: 'worker_running',
            message: 'Another Docket runs the inboxes of this workspace; there is nothing to do here.',
          })
        await Promise.race([
          service.drain().catch((error: Error) => {
            throw stoppedError(error.message)
          }),
          ended,
        ])
        const inboxes = accepted(await opened.call('inboxes.list', {}))
        const report = {
          done: total(inboxes, 'done') - total(before, 'done'),
          waiting: total(inboxes, 'waiting'),
          dead: total(inboxes, 'dead'),
        }
        if (options.json) return printJson(report)
        return print(
          `${report.done} done, ${report.waiting} wait for a later attempt, ${report.dead} dead letters.`,
        )
      }
      print(
        state === 'standby'
          ? 'Another Docket runs the inboxes of this workspace; this one takes over when that ends. Ctrl-C ends.'
          : `Running the inboxes of ${folder}. Ctrl-C ends.`,
      )
      await Promise.race([ended, givenUp(service)])
    } finally {
      await service.worker.stop()
    }
  })
}
