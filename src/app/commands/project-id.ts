import { deriveId } from '#db/log/rows/derived-id.ts'

/** A project's id: the same name is the same project, on every replica and from every import. */
export const projectIdOf = (name: string): string => deriveId('project', name.trim().toLowerCase())
