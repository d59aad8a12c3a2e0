import { z } from 'zod'

/** What the sync inbox is told: where its workspace is, and which device this is there. Secrets (`token`, `keys`) are kept apart. */
export const syncSettings = z.object({
  /** `''` while the workspace is of this machine alone. */
  url: z.string().default(''),
  workspaceId: z.string().default(''),
  /** As the server calls it. */
  name: z.string().default(''),
  deviceId: z.string().default(''),
  device: z.string().default(''),
  encrypted: z.boolean().default(false),
  /** PEM of an authority to trust for this server. */
  ca: z.string().optional(),
  /** Events whose payload does not open, and which somebody decided to go on without. */
  passedOver: z.array(z.string()).optional(),
})
export type SyncSettings = z.infer<typeof syncSettings>

/** The secret `keys` as JSON: this device's key pair and the workspace's keys by number, all base64. */
export const keptKeys = z.object({
  device: z.object({ publicKey: z.string(), privateKey: z.string() }),
  ring: z.record(z.string(), z.string()),
})
export type KeptKeys = z.infer<typeof keptKeys>
