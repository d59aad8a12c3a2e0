import type { ListedType } from '#core/entities/kinds/entities.ts'
import { deriveId } from '#db/log/rows/derived-id.ts'

/** A label's or project's id: the same name is the same label, on every replica and from every import. */
export const entityIdOf = (type: Exclude<ListedType, 'member'>, name: string): string =>
  deriveId(type, name.trim().toLowerCase())
