import { type Refusal, type RefusalCode, refuse } from '#core/values/refusal.ts'

/** Carries a refusal up through generators and streams to the function that answers with it; never leaves this folder's front doors. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(code: RefusalCode, message: string, details?: Record<string, unknown>) {
    super(message)
    this.name = 'Refused'
    this.refusal = refuse(code, message, details).error
  }
}

/** What the operating system says when a file can not be used, as people say it; `null` for anything else. */
export function fileFault(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'may not be opened by you'
    case 'EISDIR':
      return 'is a folder, not a file'
    case 'ENOTDIR':
      return 'is not in a folder'
    case 'EROFS':
      return 'is on a disk that can only be read'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'does not fit: the disk is full'
    case 'EIO':
      return 'could not be read: the disk reports an error'
    case 'EMFILE':
    case 'ENFILE':
      return 'could not be opened: too many files are open'
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EINVAL':
      return 'has a name that can not be opened'
    default:
      return null
  }
}
