import type { ChosenFile } from '#contract/answers/answers.ts'
import type { FileTransfers } from '#contract/docket-api.ts'
import { type Result, refuse } from '#core/values/refusal.ts'
import { downloadPath, uploadPath } from '../wire.ts'

/** Files by the browser's own upload and download. */
export const pageTransfers: FileTransfers = Object.freeze({
  async upload(file: Blob, name: string): Promise<Result<ChosenFile>> {
    try {
      const answer = await fetch(`${uploadPath}?${new URLSearchParams({ name })}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file,
      })
      return (await answer.json()) as Result<ChosenFile>
    } catch {
      return refuse(
        'cancelled',
        'The file could not be handed over: it changed or can not be read, or Docket does not answer. Nothing was imported.',
      )
    }
  },
  save({ token, name }: ChosenFile) {
    const link = document.createElement('a')
    link.href = `${downloadPath}${token}`
    link.download = name
    link.click()
  },
})
