import type { StripBucket } from '#contract/answers/answers.ts'

/** Whether a bar is in the time that the query asks for. */
export const isChosen = (
  bucket: StripBucket | undefined,
  chosen: { readonly from: number; readonly to: number } | null,
): boolean => chosen !== null && bucket !== undefined && bucket.from < chosen.to && bucket.to > chosen.from
