import { toast } from 'sonner'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'

/** Has the browser save what an export wrote. @throws where it is no longer kept. */
export async function saveExport(job: string): Promise<void> {
  window.docket.transfers?.save(await callHost('files.download', { job }))
}

/** Has the person save what a job hands out: by the browser, or where they choose in the host's own dialog. @throws where it is no longer kept. */
export async function saveOf(job: string): Promise<void> {
  if (window.docket.transfers) return saveExport(job)
  const { file } = await callHost('files.pick', { purpose: 'export' })
  if (file) await callHost('files.save', { job, token: file.token })
}

/** The same once the export is done, whether its dialog is still open or not. Does nothing where the person chose a place for it, or nothing was written. */
export function saveWhenDone(id: string): void {
  const end = window.docket.onMessage((message) => {
    if (message.kind !== 'job' || message.job.id !== id || message.job.state === 'running') return
    end()
    if (message.job.downloads) saveExport(id).catch((failure: unknown) => toast.error(sentenceOf(failure)))
  })
}
