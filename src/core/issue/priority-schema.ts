import { z } from 'zod'
import { priorities } from './fields/priority-order.ts'

// The order is apart, so that the window's first paint need not load zod for it.
export { type Priority, priorities } from './fields/priority-order.ts'

export const prioritySchema = z.enum(priorities, {
  error: `must be ${priorities.slice(0, -1).join(', ')} or ${priorities.at(-1)}`,
})
