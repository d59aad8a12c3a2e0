import type { HostMessage } from '#contract/answers/answers.ts'
import type { CallInput, CallName, CallOutput } from '#contract/calls.ts'
import type { Result } from '#core/values/refusal.ts'
import type { Durability } from '#db/sqlite/open-database.ts'
import type { AutomatedCommand } from '#inboxes/contract/host-port.ts'
import type { HostAnswers } from '#inboxes/worker/worker-messages.ts'
import type { ConfirmTrust } from './calls/inbox-handlers.ts'
import type { FilePurpose, HostFiles } from './files/host-files.ts'
import type { InboxService } from './inboxes/inbox-service.ts'
import type { Sealer } from './inboxes/secret-cipher.ts'
import type { SyncService } from './sync/sync-service.ts'

/** What every host (desktop, web, CLI) holds: the whole app below the window, on one workspace. */
export type AppService = {
  /** Whether this user may only read the workspace: it is then shown as it was when it was opened. */
  readonly readOnly: boolean
  /** Checks the input against the contract and answers; never throws, never answers with anything but a result. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>
  /** The same for a name and input that came from outside and were not checked yet (IPC, WebSocket). */
  callUnchecked(name: unknown, input: unknown): Promise<Result<unknown>>
  /** @returns a function that ends the subscription. */
  onMessage(listener: (message: HostMessage) => void): () => void
  /** Records a command that an inbox sends back. Never throws. */
  automate(request: AutomatedCommand): Promise<HostAnswers['execute']>
  readonly inboxes: InboxService
  /** Files that the window names by tokens. */
  readonly files: HostFiles
  readonly sync: SyncService
  /** Says something to every listener, as the host itself would. */
  emit(message: HostMessage): void
  /** Finishes what is under way, then closes the workspace. */
  close(): Promise<void>
}

export type AppServiceOptions = {
  /** The workspace's folder; it must have been made by `initWorkspace`. */
  readonly folder: string
  readonly host: 'desktop' | 'web' | 'cli'
  /** Entry of the thread that long jobs run on; bundled hosts have their own. */
  readonly jobThread: URL
  /** The folder of the database migrations, in a bundled host. */
  readonly migrations?: string
  /** Of commands; `FULL` where absent. Only benchmarks ask for less. */
  readonly durability?: Durability
  /** What keeps the inboxes' secrets; a key in the person's own settings where absent. */
  readonly sealer?: Sealer
  /** Asks whether a user inbox may run; without it the call is refused, and `docket inbox trust` is the way. */
  readonly confirmTrust?: ConfirmTrust
  /** Where files lie on their way between a page and this host; in the person's own cache where absent. */
  readonly transfers?: string
  /** What `files.pick` does; without it the answer is `null`. */
  readonly pickFile?: (purpose: FilePurpose) => Promise<string | null>
}

/** Signature of `openAppService` in `#app/open-app-service.ts`. */
export type OpenAppService = (options: AppServiceOptions) => Promise<Result<AppService>>
