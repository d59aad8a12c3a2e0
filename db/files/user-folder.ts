import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Docket keeps what is this person's on this computer and belongs to no workspace, so that it never travels with a folder. */
export const userFolder = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'docket')
