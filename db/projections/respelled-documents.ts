import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import type { Position, StreamId } from '#core/values/ids.ts'
import type { SqliteEventLog } from '../log/sqlite-log.ts'
import { events, issues, settings } from '../schema.ts'
import { inList, listParameter } from '../sqlite/json-each.ts'
import type { WriteDatabase } from '../sqlite/open-database.ts'
import { textTypes } from './search-documents.ts'
import { type SearchIndex, versionsPassed } from './search-index.ts'

/**
 * The name in `settings` of the issue, by its surrogate, up to which texts are indexed as words are seen today; not there where all are.
 * Plain ASCII was always seen so.
 */
export const respelledSetting = 'search.respelled'

const p = sql.placeholder

/**
 * Makes the documents of the next streams again whose texts were indexed as an earlier Docket saw their words, a slice a call.
 * @returns a function that tells whether there was a slice.
 */
export function respelledDocuments(
  database: WriteDatabase,
  log: Pick<SqliteEventLog, 'streamIds'>,
  index: SearchIndex,
): (limit: number, checkpoint: Position) => boolean {
  const { orm } = database
  const isRespelled = eq(settings.name, respelledSetting)
  const readRespelled = orm.select({ value: settings.value }).from(settings).where(isRespelled).prepare()
  const keepRespelled = orm
    .update(settings)
    .set({ value: sql`${p('value')}` })
    .where(isRespelled)
    .prepare()
  const dropRespelled = orm.delete(settings).where(isRespelled).prepare()
  const issuesAfter = orm
    .select({ id: issues.id })
    .from(issues)
    .where(gt(issues.id, p('after')))
    .orderBy(asc(issues.id))
    .limit(p('limit'))
    .prepare()
  const foreignTexts = orm
    .selectDistinct({ id: events.streamId })
    .from(events)
    .where(
      and(
        gt(events.streamId, p('after')),
        lte(events.streamId, p('upTo')),
        inList(events.typeId, 'types'),
        sql`${events.data} GLOB '*[^ -~]*'`,
      ),
    )
    .prepare()
  const passed = versionsPassed(database)

  return (limit, checkpoint) => {
    const after = readRespelled.get()?.value
    if (after === undefined) return false
    const slice = issuesAfter.all({ after: Number(after), limit: limit * 20 })
    const upTo = slice.at(-1)?.id
    if (upTo === undefined) {
      dropRespelled.run()
      return false
    }
    const types = listParameter(textTypes.map(log.streamIds.typeId))
    for (const { id } of foreignTexts.all({ after: Number(after), upTo, types })) {
      const version = passed.get({ stream: id, upTo: checkpoint })?.version
      if (version) index.make({ streamId: log.streamIds.stream(id).uuid as StreamId, streamVersion: version })
    }
    index.flush()
    keepRespelled.run({ value: String(upTo) })
    return true
  }
}
