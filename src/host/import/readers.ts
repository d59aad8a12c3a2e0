import { readBeadsEvents } from './beads-events-reader.ts'
import { readBeads } from './beads-reader.ts'
import { readDocket } from './docket-reader.ts'
import { readGithub } from './github-reader.ts'
import type { ImportFormat, ImportReader } from './imported.ts'
import { readJira } from './jira-reader.ts'

/** The reader of each format. */
export const readers: Readonly<Record<ImportFormat, ImportReader>> = {
  docket: readDocket,
  github: readGithub,
  jira: readJira,
  beads: readBeads,
  'beads-events': readBeadsEvents,
}
