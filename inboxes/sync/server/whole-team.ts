import type { AnsweredTeam, Team } from '#contract/sync-api/team.ts'
import type { RemoteCode, Result } from '#core/values/refusal.ts'

/** Rows of a page, and pages: more than any team may have. */
const pageRows = 500
const mostPages = 100

export type TeamPageQuery = { readonly limit: number; readonly after?: string }

/**
 * A whole team, page by page. Ends where the server says that it is over, or says the same again; of one that never comes to an end what there is
 * so far: nobody is kept out by rows that somebody else made.
 */
export async function askForTeam(
  ask: (query: TeamPageQuery) => Promise<Result<AnsweredTeam, RemoteCode>>,
): Promise<Result<Team, RemoteCode>> {
  const members = new Map<string, Team['members'][number]>()
  const devices = new Map<string, Team['devices'][number]>()
  const invites = new Map<string, Team['invites'][number]>()
  let after: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask({ limit: pageRows, ...(after === undefined ? {} : { after }) })
    if (!answer.ok) return answer
    for (const each of answer.value.members) members.set(each.id, each)
    for (const each of answer.value.devices) devices.set(each.id, each)
    for (const each of answer.value.invites) invites.set(each.id, each)
    const { next } = answer.value
    if (!next || next === after) break
    after = next
  }
  return {
    ok: true,
    value: {
      members: [...members.values()].sort((a, b) => a.joinedAt - b.joinedAt),
      devices: [...devices.values()].sort((a, b) => a.createdAt - b.createdAt),
      invites: [...invites.values()].sort((a, b) => a.createdAt - b.createdAt),
    },
  }
}
