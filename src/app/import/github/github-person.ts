import type { IssueState } from '#core/issue/issue-state.ts'
import type { Millis } from '#core/values/ids.ts'
import type { ImportDirectory } from '../history/import-entities.ts'
import { nobody, type SourcePerson } from '../history/source-person.ts'
import type { JsonFields } from '../records/json-records.ts'
import { jsonFieldsIn, objectsIn, shortText } from '../records/source-text.ts'
import { githubNumber } from './github-identity.ts'

/** A GitHub user. Who deleted the account is `null` in the API and is called Ghost, as on the site. */
export function githubPerson(from: unknown): SourcePerson {
  const user = jsonFieldsIn(from)
  const login = shortText(user.login)
  if (!login)
    return from === null || from === undefined ? { key: 'ghost', name: 'Ghost', handle: 'ghost' } : nobody
  const id = githubNumber(user)
  return {
    key: login.toLowerCase(),
    ...(id === undefined ? {} : { id }),
    name: shortText(user.name) || login,
    isLogin: shortText(user.name) === '',
    handle: login.replace(/\[bot\]$/, ''),
    email: shortText(user.email),
  }
}

/** Has the directory learn which logins are of one account, and which is the present one: whoever wrote and has the issue is named as of now. */
export function learnPeople(issue: JsonFields, asOf: Millis, directory: ImportDirectory): void {
  const comments = objectsIn(issue.comments_data ?? issue.comments)
  const timeline = objectsIn(issue.timeline)
  for (const from of timeline.flatMap(({ actor, user, assignee }) => [actor, user, assignee])) learn(from)
  for (const from of [...comments.map(({ user }) => user), issue.closed_by, issue.assignee]) learn(from)
  for (const from of [...objectsIn(issue.assignees), issue.user]) learn(from)

  function learn(from: unknown): void {
    if (from !== null && from !== undefined) directory.learn(githubPerson(from), asOf)
  }
}

/**
 * Has the directory recognise accounts that an earlier version brought under a login that they no longer have: whoever wrote an issue or a
 * comment that is here is its author here.
 */
export function recognisePeople(
  issue: JsonFields,
  directory: ImportDirectory,
  known: () => Pick<IssueState, 'authorId' | 'comments'> | undefined,
  commentIdOf: (id: string) => string,
): void {
  const strangers = [
    { by: issue.user, comment: undefined },
    ...objectsIn(issue.comments_data ?? issue.comments).map((comment) => ({ by: comment.user, comment })),
  ].flatMap(({ by, comment }) => {
    const person = githubPerson(by)
    return person.id === undefined || directory.isKnown(person) ? [] : [{ person, comment }]
  })
  const here = strangers.length > 0 ? known() : undefined
  for (const { person, comment } of here ? strangers : []) {
    const author = comment ? here?.comments[commentIdOf(shortText(comment.id))]?.authorId : here?.authorId
    if (author) directory.recognise(person, author)
  }
}
