/** A person as a source tells of them. */
export type SourcePerson = {
  /** What the source names the person by. */
  readonly key: string
  /** The number of the account, where the source has one; stays when the name changes. */
  readonly id?: string
  readonly name?: string
  /** Where the source says no other name than the login. */
  readonly isLogin?: boolean
  readonly handle?: string
  readonly email?: string
}

/** Whoever the source does not name. */
export const nobody: SourcePerson = { key: '', name: 'Unknown person', handle: 'unknown' }
