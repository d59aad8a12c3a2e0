import { deriveId } from '#db/log/rows/derived-id.ts'

/** A label's id: the same name is the same label, on every replica and from every import. */
export const labelIdOf = (name: string): string => deriveId('label', name.trim().toLowerCase())
