import { isNull } from 'drizzle-orm'
import { issues } from '#db/schema.ts'
import { newId } from '../commands/new-id.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** Gives issues that wait for a server's number one of this workspace's own, oldest first: nobody else will. */
export function assignMissingNumbers({ database, log, me }: Workspace): void {
  log.transact(() => {
    const waiting = database.orm
      .select({ id: issues.id })
      .from(issues)
      .where(isNull(issues.number))
      .orderBy(issues.createdAt, issues.id)
      .all()
    for (const { id } of waiting) {
      const number = log.nextNumber()
      if (number === undefined) return
      const { uuid } = log.streamIds.stream(id)
      log.append({ type: 'issue', id: uuid }, [
        { id: newId(), type: 'numbered', data: { number }, actorId: me.memberId },
      ])
    }
  })
}
