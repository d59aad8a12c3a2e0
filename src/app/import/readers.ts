import type { ImportFormat } from '#contract/import-formats.ts'
import { readBeadsEvents } from './beads/beads-events-reader.ts'
import { readBeads } from './beads/beads-reader.ts'
import { readDocket } from './docket/docket-reader.ts'
import { readGithub } from './github/github-reader.ts'
import type { ImportReader } from './history/imported.ts'
import { readJira } from './jira/jira-reader.ts'

/** The reader of each format. */
export const readers: Readonly<Record<ImportFormat, ImportReader>> = {
  docket: readDocket,
  github: readGithub,
  jira: readJira,
  beads: readBeads,
  'beads-events': readBeadsEvents,
}
