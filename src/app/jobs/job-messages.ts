import type { JobView } from '#contract/answers/answers.ts'
import type { CallRequest } from '#contract/calls.ts'
import type { Refusal } from '#core/values/refusal.ts'

type Asked<Kind> = Extract<CallRequest<'jobs.start'>, { kind: Kind }>
type OnFile<Kind extends 'import' | 'export' | 'backup'> = Omit<Asked<Kind>, 'token'> & {
  /** Its path. */
  readonly file: string
  /** What a person knows it by, where that is not its path. */
  readonly name?: string
}

/** A job as a host starts it. A window's request holds tokens where this holds paths. */
export type JobRequest =
  | OnFile<'import'>
  /** `downloads`: a page fetches what was written. */
  | ((OnFile<'export'> | OnFile<'backup'>) & { readonly downloads?: boolean })
  | Asked<'verify'>
  | Asked<'rebuild'>

/** What a job came to. */
export type JobOutcome = { readonly result: Record<string, unknown>; readonly cancelled: boolean }

/** What a job's thread is started with. */
export type JobThreadData = {
  readonly folder: string
  readonly request: JobRequest
  /** The folder of the migrations, in a bundled host. */
  readonly migrations: string | undefined
  /** One 32-bit integer, shared: 1 asks the thread to stop. */
  readonly cancel: SharedArrayBuffer
}

/** What a job's thread says. */
export type JobThreadMessage =
  | { readonly kind: 'progress'; readonly progress: JobView['progress'] }
  | { readonly kind: 'done'; readonly result: Record<string, unknown>; readonly cancelled: boolean }
  | { readonly kind: 'failed'; readonly error: Refusal }
