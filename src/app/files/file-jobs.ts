import { copyFileSync } from 'node:fs'
import type { ChosenFile, JobView } from '#contract/answers/answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import { done, type Result, refuse } from '#core/values/refusal.ts'
import { plainTarget } from '#db/files/output-target.ts'
import { databaseRefusal } from '#db/sqlite/database-refusal.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { fileSize, type HostFiles, type TakenFile } from './host-files.ts'

const endings = { jsonl: 'jsonl', csv: 'csv', markdown: 'md' } as const

/** A job that writes a file. */
type Written = Extract<CallRequest<'jobs.start'>, { kind: 'export' | 'backup' }>

/** Jobs as a window asks for them: with tokens where the jobs themselves have paths. */
export type FileJobs = {
  start(request: CallRequest<'jobs.start'>): Result<JobView>
  download(job: string): Result<ChosenFile>
  /** Copies what a job has to hand out to a place that the person chose. */
  save(job: string, token: string): Result<null>
}

/** How long an export waits to be downloaded, in milliseconds. */
const keptMillis = 600_000

const noLongerKept = () => refuse('unknown_file', 'That is no longer kept. Do it again to have it again.')

const usedUp = () =>
  refuse('unknown_file', 'That file was used already, or was chosen too long ago. Choose it again.')

/** @param name what an export that is downloaded is called, without its ending. @param keeps whether exports may go without a place. */
export function fileJobs(jobs: Jobs, files: HostFiles, name: () => string, keeps: boolean): FileJobs {
  const exported = new Map<string, TakenFile>()

  /** Starts a job on a file, and lets go of the file when the job has ended, or of its token where it did not begin. */
  function startWith(
    request: Exclude<CallRequest<'jobs.start'>, { kind: 'verify' | 'rebuild' }>,
    token: string,
  ): Result<JobView> {
    const { token: _, ...asked } = request
    const { kind } = asked
    const file = files.take(token, kind)
    if (!file) return usedUp()
    const started = jobs.start({ ...asked, file: file.path, name: file.name })
    if (started.ok) void jobs.ended(started.value.id).then(file.release)
    else files.giveBack(token, kind, file)
    return started
  }

  function startDownload(request: Written): Result<JobView> {
    let file: TakenFile
    try {
      file = files.placeForExport(`${name()}.${request.kind === 'backup' ? 'db' : endings[request.format]}`)
    } catch (error) {
      const refusal = databaseRefusal(error, 'the folder for exports')
      if (refusal) return { ok: false, error: refusal }
      throw error
    }
    const { token: _, ...asked } = request
    const started = jobs.start({ ...asked, file: file.path, name: file.name, downloads: true })
    if (!started.ok) {
      file.release()
      return started
    }
    const { id } = started.value
    exported.set(id, file)
    const forget = (): void => {
      exported.delete(id)
      file.release()
    }
    void jobs.ended(id).then((job) => {
      if (job.state === 'done') setTimeout(forget, keptMillis).unref()
      else forget()
    })
    return started
  }

  /** What a job has to hand out: what it wrote for that, or the list of what an import could not take, which stays where it is. */
  function keptOf(job: string): TakenFile | undefined {
    const problems = jobs.problemsOf(job)
    const file =
      exported.get(job) ??
      (problems === undefined
        ? undefined
        : { path: problems, name: `${name()} import problems.txt`, release: () => {} })
    if (file && fileSize(file.path) !== undefined) return file
    exported.delete(job)
    return undefined
  }

  return {
    start(request) {
      if (request.kind === 'verify' || request.kind === 'rebuild') return jobs.start(request)
      if (request.token !== undefined) return startWith(request, request.token)
      if (request.kind !== 'import' && keeps) return startDownload(request)
      return refuse('invalid_input', 'Say where to write it: choose a place first.')
    },
    download(job) {
      const file = keptOf(job)
      return file ? done(files.offerDownload(file)) : noLongerKept()
    },
    save(job, token) {
      const file = keptOf(job)
      if (!file) return noLongerKept()
      const place = files.take(token, 'export')
      if (!place) return usedUp()
      const target = plainTarget(place.path)
      if (!target.ok) return target
      try {
        copyFileSync(file.path, target.value)
        return done(null)
      } catch (error) {
        const refusal = databaseRefusal(error, place.name)
        if (refusal) return { ok: false, error: refusal }
        throw error
      }
    },
  }
}
