import type { FieldsBeside } from '../history/source-present.ts'
import { isFields, type JsonFields } from '../records/json-records.ts'
import { leftovers, shortText } from '../records/source-text.ts'
import { changelogFields } from './jira-changelog.ts'

/** Versions, and whatever a site defined; what else is kept beside changes by itself (votes, watchers, progress). */
const reconciled = /^(?:customfield_\d+|fixVersions|versions|environment)$/
/** Where an issue stands in a list that somebody orders: every drag changes it. */
const rank = /^\d\|[0-9a-z]*:/

const isReconciled = ([field, value]: readonly [string, unknown]): boolean =>
  value !== null && reconciled.test(field)
const none: ReadonlySet<string> = new Set()

/** A record's versions and custom fields. @param said whether the file says what a field is. @param taken what Docket has as fields of its own. */
export function besideOf(
  issue: JsonFields,
  fields: JsonFields,
  said: (field: string) => boolean,
  taken: ReadonlySet<string>,
): FieldsBeside {
  // What the changelog tells of is told by the name that it has there.
  const told = changelogFields(issue)
  return {
    now: leftovers(Object.fromEntries(Object.entries(fields).filter(isReconciled)), none) ?? {},
    says: (field) => reconciled.test(field) && said(field) && !told.has(field) && !taken.has(field),
    words,
  }
}

function words(value: unknown): unknown {
  if (typeof value === 'string') {
    // Old servers tell a sprint by how it is held in memory, its state included.
    if (value.startsWith('com.atlassian.greenhopper')) return /[[,]name=([^,\]]*)/.exec(value)?.[1] ?? value
    return rank.test(value) ? null : value
  }
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(words)
  if (!isFields(value)) return value
  const name = shortText(value.value) || shortText(value.name) || shortText(value.displayName)
  if (!name) return value
  return isFields(value.child) ? `${name} / ${String(words(value.child))}` : name
}
