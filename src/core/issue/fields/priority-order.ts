/** From least to most pressing; the place in this list is the number that is stored and sorted by. */
export const priorities = ['none', 'low', 'medium', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

/** 0 (`none`) to 4 (`urgent`). */
export const priorityRank = (value: Priority): number => priorities.indexOf(value)
