import { z } from 'zod'

/** What a refusal's body holds under `error.code`. */
export const syncRefusals = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  /** An event's actor is not the token's member. */
  forged_actor: 403,
  unknown_workspace: 404,
  unknown_place: 404,
  unknown_route: 404,
  /** The events do not follow the chain's end; `details` has `seq` and `hash` of that end. */
  chain_gap: 409,
  /** The server has other events at the same places: this copy was restored or cloned. `details` has the first such `seq`. */
  chain_forked: 409,
  cursor_unknown: 409,
  key_taken: 409,
  /** An event is sealed with another key than the newest; `details` has the number of that. */
  key_outdated: 409,
  last_owner: 409,
  /** There are as many devices, members, invites or chains as there may be; `details.limit` says how many. */
  limit_reached: 409,
  invite_unusable: 410,
  body_too_large: 413,
  /** A hash does not match its event, or a payload is not of its type's shape. */
  forged_hash: 422,
  invalid_event: 422,
  unknown_event: 422,
  not_encrypted: 422,
  /** Too old or too new to be understood; `details` has the versions that are. */
  update_needed: 426,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  disk_full: 507,
} as const satisfies Record<string, number>
export type SyncRefusalCode = keyof typeof syncRefusals
export const syncRefusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
})
