/** What a rule's text may name in double braces, with what stands there when the rule acts. */
export const placeholders = ['issue.key', 'issue.title', 'actor.name', 'rule.name', 'event.type'] as const
export type Placeholder = (typeof placeholders)[number]

const anyPlaceholder = /\{\{\s*([^{}]*?)\s*\}\}/g
const isKnown = (name: string): name is Placeholder => (placeholders as readonly string[]).includes(name)

/** What is wrong with a text for a rule, as the end of a sentence; `undefined` where nothing is. */
export function templateMistake(text: string): string | undefined {
  for (const [, name = ''] of text.matchAll(anyPlaceholder))
    if (!isKnown(name))
      return `names {{${name}}}, which there is not; there are ${placeholders.map((known) => `{{${known}}}`).join(', ')}`
  return undefined
}

/** The text with its placeholders filled in; what was filled in is not looked at again. */
export function fillTemplate(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replace(anyPlaceholder, (whole, name: string) => (isKnown(name) ? values[name] : whole))
}
