import { refuse } from '#core/values/refusal.ts'

/** To whoever may only read: what they record would never be anybody else's. */
export const refuseReader = () =>
  refuse('reader', 'You only read here, so nothing was changed. Ask an owner of the team for another role.')
