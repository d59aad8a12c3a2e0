import type { InboxView } from '#contract/answers/inbox-answers.ts'
import { teamSection } from '../../lib/paths.ts'

/** The inbox that sync is: it has nothing to set there, since the team is where sync is set up. */
export const syncSection = 'sync'

/** Whether a section is the team's, under either of its names. */
export const isTeamSection = (section: string | undefined): boolean =>
  section === teamSection || section === syncSection

/** What a section of the settings is called: `undefined` for their list, and where no section has the name. */
export function sectionTitle(
  section: string | undefined,
  inboxes: readonly Pick<InboxView, 'name' | 'title'>[],
): string | undefined {
  if (isTeamSection(section)) return 'Team'
  return inboxes.find(({ name }) => name === section)?.title
}
