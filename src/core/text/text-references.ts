/** A reference as a text of another tracker writes it, and the key of the issue that it means. */
export type TextReference = { readonly written: string; readonly key: string }

// As the window reads keys: not inside of a word, a path or a longer key.
const starts = '(?<![\\p{L}\\p{N}_/-])'
const ends = '(?![\\p{L}\\p{N}_-])'
const ofGithub = new RegExp(`${starts}(?:([\\w.-]{1,100}/[\\w.-]{1,100})?#|GH-)(\\d{1,15})${ends}`, 'gu')
const ofJira = new RegExp(`${starts}([A-Z][A-Z0-9_]{0,29}-\\d{1,15})${ends}`, 'gu')
const ofBeads = new RegExp(`${starts}([A-Za-z]\\w{0,60}(?:-\\w{1,60}){1,8}(?:\\.\\d{1,6}){0,8})${ends}`, 'gu')

/** More than a person writes; a log that was pasted may hold any number of words that look like keys. */
const most = 1_000

/** The tracker that a key is of, by its form. */
export type KeyForm =
  | { readonly form: 'github'; readonly repository: string }
  | { readonly form: 'jira' | 'beads' }

/** Tells the tracker by an issue's key there: `owner/name#9`, `ABC-12`, anything else is of beads. */
export function keyForm(externalKey: string): KeyForm {
  const github = /^([^#\s]+\/[^#\s]+)?#\d+$/.exec(externalKey)
  if (github) return { form: 'github', repository: github[1] ?? '' }
  return { form: /^[A-Z][A-Z0-9_]*-\d+$/.test(externalKey) ? 'jira' : 'beads' }
}

/**
 * What a text may refer to in the way of the tracker that its issue came from, each way of writing once: GitHub's `#9`, `GH-9` and
 * `owner/name#9`, Jira's and beads' keys. Whether there is such an issue is left to the caller.
 * @param externalKey of the issue that the text is about.
 */
export function referencesIn(text: string, externalKey: string): readonly TextReference[] {
  const source = keyForm(externalKey)
  const found = new Map<string, string>()
  const add = (written: string, key: string): void => {
    if (found.size < most) found.set(written, key)
  }
  if (source.form === 'github')
    for (const [written, repository = source.repository, number] of text.matchAll(ofGithub))
      add(written, `${repository}#${number}`)
  else for (const [written] of text.matchAll(source.form === 'jira' ? ofJira : ofBeads)) add(written, written)
  return [...found].map(([written, key]) => ({ written, key }))
}
