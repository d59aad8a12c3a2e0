import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a person's workspace lies who named none; the desktop host opens the same. */
export const defaultFolder = (home = homedir()): string => join(home, 'Docket')
