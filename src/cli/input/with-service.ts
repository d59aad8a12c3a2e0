import type { AppService } from '#app/app-service.ts'
import { openAppService } from '#app/open-app-service.ts'
import { type ServiceWithInboxes, withInboxWorker } from '#app/with-inbox-worker.ts'
import { startChildWorker } from '#app/worker/child-worker.ts'
import { logFile } from '#app/workspace/init-workspace.ts'
import { notifySend } from '#inboxes/builtin/notifications/notify-send.ts'
import { accepted, RefusedError } from '../output/output.ts'
import { type Shared, workspaceFolder } from './open-here.ts'

/** Opens the workspace with its inboxes, does the work and closes it, whatever happens. */
export async function withService<T>(shared: Shared, work: (service: AppService) => Promise<T>): Promise<T> {
  const service = accepted(
    await openAppService({
      folder: workspaceFolder(shared),
      host: 'cli',
      jobThread: new URL('../../app/jobs/job-thread.ts', import.meta.url),
    }),
  )
  try {
    return await work(service)
  } finally {
    await service.close()
  }
}

/** The service with a worker of its own, which may have to stand by for another's. */
export function withWorker(folder: string, service: AppService): ServiceWithInboxes {
  return withInboxWorker(service, {
    start: () =>
      startChildWorker(new URL('../../../inboxes/worker/worker.ts', import.meta.url), logFile(folder)),
    notify: notifySend().show,
  })
}

/** Resolves when the worker does its work, or stands by. */
export function settled(service: ServiceWithInboxes): Promise<'running' | 'standby'> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const { state, detail } = service.worker.state
      if (state === 'running' || state === 'standby') resolve(state)
      else if (state === 'stopped') reject(stoppedError(detail))
    }
    service.onMessage(look)
    look()
  })
}

/** The refusal of a command whose worker ended. */
export const stoppedError = (detail: string | null): RefusedError =>
  new RefusedError({ code: 'internal', message: detail ?? 'The inbox worker ended.' })
