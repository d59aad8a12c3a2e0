import { z } from 'zod'
import { delivered, type InlineInbox } from '#inboxes/contract/inbox.ts'

/** An inbox that takes every event and does nothing with it. */
export const noopInbox = (name: string): InlineInbox => ({
  name,
  title: name,
  about: 'Does nothing.',
  scope: 'all',
  onByDefault: true,
  inline: true,
  settings: z.object({}),
  form: [],
  shouldProcess: () => true,
  handle: () => delivered(),
})
