/** Something a person can cause and mend: a stable code for programs, a sentence for people. Never thrown across a process. */
export type Refusal<Code extends string = RefusalCode> = {
  readonly code: Code
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  /** Whether time alone may mend it, as where a server is away: the same is then tried again. */
  readonly retryable?: boolean
  /** Milliseconds before which it is no use to try again, where whoever refused said so. */
  readonly retryAfterMillis?: number
}

/** The code of a refusal that a server made: one that is newer than this program has codes that are not known here. */
export type RemoteCode = string

/** What a refusal can be, for programs: a code is never renamed. */
export const refusalCodes = [
  'invalid_command',
  'body_too_large',
  'unknown_issue',
  'unknown_member',
  'unknown_label',
  'unknown_project',
  'unknown_comment',
  'unknown_rule',
  'unknown_endpoint',
  'unknown_conflict',
  'unknown_event_type',
  'invalid_event_type',
  'invalid_event_schema',
  'invalid_event_sentence',
  'invalid_event_data',
  'event_type_narrowed',
  'event_type_retired',
  'throttled',
  'conflict_not_flippable',
  'issue_exists',
  'issue_archived',
  'issue_not_archived',
  'transition_not_allowed',
  'not_your_comment',
  'not_your_times',
  'link_to_self',
  'link_cycle',
  'name_taken',
  'text_changed',
  'concurrency',
  'invalid_query',
  'invalid_input',
  'invalid_cursor',
  'read_only',
  'reader',
  'disk_full',
  'busy',
  'corrupt',
  'newer_version',
  'not_a_workspace',
  'workspace_exists',
  'import_unreadable',
  'import_failed',
  'cancelled',
  'output_closed',
  'unknown_job',
  'unknown_file',
  'unknown_inbox',
  'invalid_settings',
  'secrets_unavailable',
  'not_confirmed',
  'worker_running',
  'test_failed',
  'rule_not_held',
  'not_synced',
  'already_synced',
  'server_away',
  'server_refused',
  'wrong_workspace',
  'encryption_denied',
  'key_missing',
  'invite_exposed',
  'internal',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** What came of an attempt: a value, or why there is none. */
export type Result<T, Code extends string = RefusalCode> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Refusal<Code> }

/** The result that an attempt succeeded with. */
export const done = <T>(value: T): Result<T> => ({ ok: true, value })

/** @param message one sentence that says what happened, what was kept, and what to do. */
export function refuse(
  code: RefusalCode,
  message: string,
  details?: Record<string, unknown>,
): { ok: false; error: Refusal } {
  return { ok: false, error: details ? { code, message, details } : { code, message } }
}
