/** The formats that an import reads, by their names in commands and calls. */
export const importFormats = ['docket', 'github', 'jira', 'beads', 'beads-events'] as const
export type ImportFormat = (typeof importFormats)[number]
