import { fileURLToPath } from 'node:url'

/** What was built, by its path; entries of threads and processes as URLs. */
export type BuiltFiles = {
  readonly preload: string
  readonly renderer: string
  readonly migrations: string
  readonly jobThread: URL
  readonly inboxWorker: URL
}

/** Where it lies, packaged or not. @param bundle URL of the main bundle, `out/main/index.js`. */
export const builtFiles = (bundle: string): BuiltFiles => ({
  preload: fileURLToPath(new URL('../preload/index.cjs', bundle)),
  renderer: fileURLToPath(new URL('../renderer', bundle)),
  migrations: fileURLToPath(new URL('./migrations', bundle)),
  jobThread: new URL('./job-thread.js', bundle),
  inboxWorker: new URL('./inbox-worker.js', bundle),
})
