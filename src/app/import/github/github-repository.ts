import type { JsonFields } from '../records/json-records.ts'
import { nameAt, shortText } from '../records/source-text.ts'

/** `owner/name`, from the address of the issue or its repository; empty where neither is there. */
export function repositoryOf(issue: JsonFields): string {
  const full = nameAt(issue, 'repository', 'full_name')
  if (full) return full
  for (const field of ['repository_url', 'url', 'html_url']) {
    const match = /^https?:\/\/[^/]+\/(?:api\/v3\/)?(?:repos\/)?([^/]+\/[^/]+)(?:\/issues\/\d+)?\/?$/.exec(
      shortText(issue[field]),
    )
    if (match?.[1]) return match[1]
  }
  return ''
}
