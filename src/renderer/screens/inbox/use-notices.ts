import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { toast } from 'sonner'
import type { NoticePage, NoticeView } from '#contract/answers/inbox-answers.ts'
import type { CallInput } from '#contract/calls.ts'
import { sentenceOf } from '../../lib/queries/call-error.ts'
import { callHost } from '../../lib/queries/call-host.ts'
import { beforeUndo, offerUndo } from '../../lib/queries/undo.ts'
import { type Pages, pagesKey, usePages } from '../../lib/queries/use-pages.ts'

export type NoticeFilter = 'inbox' | 'snoozed' | 'done'
export const isNoticeShow = (text: string | null): text is NoticeFilter =>
  text === 'inbox' || text === 'snoozed' || text === 'done'

const pageSize = 100
const count = (notices: readonly unknown[]): string =>
  notices.length === 1 ? 'one notice' : `${notices.length} notices`

/** The in-app inbox, newest first, page by page. */
export const useNotices = (show: NoticeFilter): Pages<NoticeView> =>
  usePages('notices.list', { show }, (before) =>
    callHost('notices.list', { show, limit: pageSize, ...(before === undefined ? {} : { before }) }),
  )

type NoticeState = CallInput<'notices.mark'>['as']

/** What a person does with notices: shown at once, said to the host, taken back where that is refused. */
export function useNoticeActs(show: NoticeFilter) {
  const client = useQueryClient()

  const run = useCallback(
    async (
      ids: readonly number[],
      change: (notice: NoticeView) => NoticeView | null,
      call: () => Promise<unknown>,
    ) => {
      const key = pagesKey('notices.list', { show })
      await client.cancelQueries({ queryKey: key })
      client.setQueryData<InfiniteData<NoticePage>>(
        key,
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              rows: page.rows.flatMap((row) => (ids.includes(row.id) ? (change(row) ?? []) : row)),
            })),
          },
      )
      try {
        await call()
      } catch (error) {
        toast.error(`Nothing was changed. ${sentenceOf(error)}`)
      }
      await client.invalidateQueries({ queryKey: ['notices.list'] })
    },
    [client, show],
  )

  return useMemo(() => {
    const mark = (notices: readonly NoticeView[], as: NoticeState) => {
      const ids = notices.map(({ id }) => id)
      const leaves = show === 'done' ? as !== 'done' : as === 'done' || (show === 'snoozed' && as === 'inbox')
      return run(
        ids,
        (notice) => (leaves ? null : { ...notice, state: as === 'inbox' ? 'read' : as }),
        () => callHost('notices.mark', { ids, as }),
      )
    }
    const done = async (notices: readonly NoticeView[]) => {
      await mark(notices, 'done')
      const unread = notices.filter(({ state }) => state === 'unread')
      const read = notices.filter(({ state }) => state !== 'unread')
      offerUndo(`Marked ${count(notices)} as done`, async () => {
        if (read.length > 0) await mark(read, 'inbox')
        if (unread.length > 0) await mark(unread, 'unread')
      })
    }
    const snooze = async (notices: readonly NoticeView[], until: number, name: string) => {
      const ids = notices.map(({ id }) => id)
      await run(
        ids,
        () => null,
        () => callHost('notices.snooze', { ids, until }),
      )
      offerUndo(`Put ${count(notices)} off: ${name.toLowerCase()}`, () => mark(notices, 'inbox'))
    }
    // What is asked for shows at once, so that it may be taken back before the host has answered.
    return {
      mark,
      done: async (notices: readonly NoticeView[]) => {
        if (notices.length > 0) await beforeUndo(done(notices))
      },
      snooze: (...what: Parameters<typeof snooze>) => beforeUndo(snooze(...what)),
    }
  }, [run, show])
}
