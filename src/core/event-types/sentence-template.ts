const placeholder = /\{([A-Za-z][A-Za-z0-9_]*)\}/g

/** The properties that a sentence names: `won the deal {name}`. */
export const namedIn = (sentence: string): readonly string[] =>
  [...sentence.matchAll(placeholder)].map(([, name = '']) => name)

/** Whether a sentence has a brace that belongs to no placeholder. */
export const hasStrayBrace = (sentence: string): boolean => /[{}]/.test(sentence.replace(placeholder, ''))

/** Longer texts of an event are cut in a sentence. */
const mostCharacters = 500

/** What turns the direction of text that follows. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the point
const blank = /[\s\u0000-\u001f\u007f-\u009f]+/g
const folded = (text: string): string => text.replace(turning, '').replace(blank, ' ').trim()

function inWords(data: unknown, name: string): string {
  const of = typeof data === 'object' && data !== null && Object.hasOwn(data, name) ? data : undefined
  const said = of && (of as Record<string, unknown>)[name]
  if (said === undefined || said === null) return '…'
  if (typeof said === 'boolean') return said ? 'yes' : 'no'
  // An event of another replica is not held against the schema, and its sentence has a word for whatever stands there.
  const text = folded(typeof said === 'string' ? said : JSON.stringify(said)).toWellFormed()
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters).toWellFormed()}…` : text || '…'
}

/** A sentence with its placeholders filled in, word for word; `said` where the event says the word, or a part of it. */
export function filledSentence(
  sentence: string,
  data: unknown,
): readonly { readonly words: string; readonly said: boolean }[] {
  const pieces: { words: string; said: boolean }[] = []
  for (const word of sentence.split(/\s+/).filter(Boolean)) {
    const said = namedIn(word).length > 0
    const words = said ? word.replace(placeholder, (_, name: string) => inWords(data, name)) : word
    const last = pieces.at(-1)
    if (last && !said && !last.said) last.words += ` ${words}`
    else pieces.push({ words, said })
  }
  return pieces
}
