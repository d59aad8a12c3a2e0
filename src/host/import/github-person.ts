import { nobody, type SourcePerson } from './import-directory.ts'
import { fieldsOf, shortText } from './source-text.ts'

/** A GitHub user. Who deleted the account is `null` in the API and is called Ghost, as on the site. */
export function githubPerson(from: unknown): SourcePerson {
  const user = fieldsOf(from)
  const login = shortText(user.login)
  if (!login)
    return from === null || from === undefined ? { key: 'ghost', name: 'Ghost', handle: 'ghost' } : nobody
  return {
    key: login.toLowerCase(),
    name: shortText(user.name) || login,
    handle: login.replace(/\[bot\]$/, ''),
    email: shortText(user.email),
  }
}
