import type { EntityViews } from '#contract/answers/answers.ts'
import { eachListed } from '#core/entities/kinds/entities.ts'
import { colourFor } from '#core/entities/kinds/label-colours.ts'
import type { RecordedEvent } from '#core/events/event.ts'
import type { Position } from '#core/values/ids.ts'
import { done, refuse } from '#core/values/refusal.ts'
import { isOpenIn } from '#core/workflow/workflow.ts'
import { retryWhileBusy } from '../commands/retry-while-busy.ts'
import type { FileJobs } from '../files/file-jobs.ts'
import type { FilePurpose, HostFiles } from '../files/host-files.ts'
import type { InboxService } from '../inboxes/inbox-service.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { ProjectionScheduler } from '../jobs/projection-scheduler.ts'
import type { SyncService } from '../sync/sync-service.ts'
import { accountName } from '../workspace/init-workspace.ts'
import type { HeadGap } from '../workspace/log-head.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { conflictHandlers } from './conflict-handlers.ts'
import { eventTypeHandlers } from './event-type-handlers.ts'
import { feedCursor, feedItem, parseFeedCursor } from './feed-items.ts'
import type { CallHandlers } from './handler-types.ts'
import { type ConfirmTrust, inboxHandlers } from './inbox-handlers.ts'
import { issueDetail } from './issue-detail.ts'
import type { IssueQueries } from './issue-queries.ts'
import { ruleHandlers } from './rule-handlers.ts'
import { syncHandlers } from './sync-handlers.ts'
import { workspaceNotes } from './workspace-notes.ts'

export type CallHandlerOptions = {
  readonly workspace: Workspace
  readonly queries: IssueQueries
  readonly host: 'desktop' | 'web' | 'cli'
  readonly version: string
  /** What the log lacks of what was recorded here, as it was opened. */
  readonly gap: HeadGap | null
  readonly jobs: Jobs
  readonly fileJobs: FileJobs
  readonly files: HostFiles
  readonly projecting: ProjectionScheduler
  readonly searchCheckpoint: () => Position
  readonly pickFile: (purpose: FilePurpose) => Promise<string | null>
  readonly inboxes: InboxService
  readonly confirmTrust: ConfirmTrust | undefined
  readonly sync: SyncService
  /** Called with the count of unread notices after a person changed some. */
  readonly onNotices: (unread: number) => void
  /** Called after the person who sits here said something of themselves. */
  readonly onMe: () => void
  /** Called after a command that recorded something. */
  readonly onRecorded: (recorded: readonly RecordedEvent[]) => void
}

/** What each call of the contract does. Inputs have been checked; what is thrown here is a bug or a failing disk. */
export function callHandlers(options: CallHandlerOptions): CallHandlers {
  const { workspace, jobs, fileJobs, queries } = options
  const { log, entities, me } = workspace
  const isOpen = (status: string): boolean => isOpenIn(log.workflow(), status)

  return {
    async 'app.info'() {
      const { name, keyPrefix, units } = workspace.name()
      const known = entities.counted('member', isOpen).find((member) => member.id === me.memberId)
      return done({
        picksFiles: options.host === 'desktop',
        confirmsTrust: options.confirmTrust !== undefined,
        notifies: options.host === 'desktop',
        linkBase: options.host === 'desktop' ? 'docket:/' : null,
        version: options.version,
        workspace: { id: me.workspaceId, name, keyPrefix, units, folder: workspace.folder },
        me: {
          id: me.memberId,
          name: known?.name ?? me.memberName,
          handle: known?.handle ?? me.memberName,
          colour: colourFor(me.memberId),
          email: known?.email ?? null,
          assignedOpen: known?.open ?? 0,
        },
        asksForName:
          !workspace.database.readOnly && me.named === '' && (known?.name ?? me.memberName) === accountName(),
        recordsViews: me.recordsViews === 'on',
        workflow: log.workflow(),
        readOnly: workspace.database.readOnly || me.role === 'reader',
        position: log.position(),
        platform: process.platform,
      })
    },
    async 'me.set'({ name, recordsViews }) {
      if (workspace.database.readOnly)
        return refuse('read_only', 'This workspace can only be read here. Nothing was changed.')
      if (name !== undefined) {
        // Who is in the log already is renamed there, for all to see.
        if (workspace.commands.decisionContext().entityExists('member', me.memberId)) {
          const memberId = me.memberId as never
          const renamed = workspace.commands.execute({ type: 'rename_member', memberId, name })
          if (!renamed.ok) return renamed
          if (renamed.value.recorded.length > 0) options.onRecorded(renamed.value.recorded)
        }
        workspace.become({ memberName: name, named: 'yes' })
      }
      if (recordsViews !== undefined) workspace.become({ recordsViews: recordsViews ? 'on' : '' })
      options.onMe()
      return done(null)
    },
    async 'workspace.notes'() {
      return done(workspaceNotes(workspace, options.gap, Date.now()))
    },
    async 'entities.list'() {
      return done(eachListed(({ type }) => entities.counted(type, isOpen)) as EntityViews)
    },
    async 'members.list'() {
      const members = entities.counted('member', isOpen)
      return done(
        members.map(({ open, ...member }) => ({
          ...member,
          colour: colourFor(member.id),
          assignedOpen: open,
        })),
      )
    },
    async 'labels.list'() {
      return done(entities.counted('label', isOpen))
    },
    async 'projects.list'() {
      return done(entities.counted('project', isOpen))
    },
    async 'issues.list'(input) {
      return queries.list(input)
    },
    async 'issues.order'(input) {
      return queries.order(input)
    },
    async 'issues.sums'({ query }) {
      return queries.sums(query)
    },
    async 'issues.count'(input) {
      return queries.count(input.query)
    },
    async 'issues.get'({ key, at }) {
      log.refreshIfChangedElsewhere()
      return issueDetail(workspace, key, at)
    },
    async 'feed.page'({ scope, limit, before, at }) {
      const place = before === undefined ? undefined : parseFeedCursor(before)
      if (before !== undefined && !place)
        return refuse('invalid_cursor', 'This feed can not be continued from there; load it anew.')
      const upTo = at === undefined ? undefined : { occurredAt: at, position: Number.MAX_SAFE_INTEGER }
      const { keyPrefix } = workspace.name()
      const entries = workspace.feed.page(scope, { limit, before: place ?? upTo })
      const items = entries.map((entry) => feedItem(entry, keyPrefix, Date.now(), workspace.textNames))
      const last = items.at(-1)
      return done({ items, next: items.length === limit && last ? feedCursor(last) : null })
    },
    async 'history.strip'({ over }) {
      if (over.kind !== 'query') return done({ ...workspace.strip.ofScope(over), chosen: null })
      return queries.strip(over.query)
    },
    async 'search.issues'({ text, limit }) {
      options.projecting.catchUpNow()
      const catchingUp = options.searchCheckpoint() < log.position()
      return done({ ...queries.search(text, limit), catchingUp })
    },
    async 'commands.execute'({ command, expectedVersion }) {
      const executed = await retryWhileBusy(() =>
        workspace.commands.execute(command, expectedVersion === undefined ? {} : { expectedVersion }),
      )
      if (!executed.ok) return executed
      if (executed.value.recorded.length > 0) options.onRecorded(executed.value.recorded)
      const { issueId, key, position, recorded } = executed.value
      return done({ issueId, key, position, events: recorded.length })
    },
    ...eventTypeHandlers(workspace, options.onRecorded),
    ...ruleHandlers(workspace),
    async 'jobs.list'() {
      return done(jobs.list())
    },
    async 'jobs.start'(request) {
      return fileJobs.start(request)
    },
    async 'jobs.cancel'({ id }) {
      return jobs.cancel(id)
    },
    ...inboxHandlers(options.inboxes, options.onNotices, options.confirmTrust),
    ...syncHandlers(options.sync),
    ...conflictHandlers(workspace),
    async 'files.pick'({ purpose }) {
      const path = await options.pickFile(purpose)
      return done({ file: path === null ? null : options.files.offer(purpose, path) })
    },
    async 'files.save'({ job, token }) {
      return fileJobs.save(job, token)
    },
    async 'files.download'({ job }) {
      return fileJobs.download(job)
    },
  }
}
