/** What is logged of a request: never a payload, a token or a code. */
export type LogLine = {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly millis: number
  readonly workspace?: string
  readonly device?: string
  readonly refusal?: string
  /** Nothing happened: somebody looked whether there is anything new, or whether the server is there. */
  readonly quiet?: true
}
