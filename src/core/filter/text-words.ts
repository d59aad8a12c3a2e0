/** A word of a text as search sees it, and where in the text it stands. */
type FoundWord = { readonly word: string; readonly start: number; readonly end: number }

/** Letters of writing that puts no blanks between words: each is a word of its own, so that any part of a run is found. */
const unspaced = `[[${['Han', 'Hira', 'Kana', 'Bopo', 'Hang', 'Yiii', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt']
  .map((script) => `\\p{scx=${script}}`)
  .join('')}]&&[\\p{L}\\p{N}]]`
const spaced = `[[\\p{L}\\p{N}\\p{M}\\p{Co}]--${unspaced}]+`
/** An arrow with a stroke through it is one sign and no picture, also where it is written as two. */
const picture = '(?!\\u2194\\u0338)\\p{Extended_Pictographic}'
/** Taken apart Korean is put together first; the voiced marks of narrow Japanese are letters to Unicode. */
const jamo = '[\\u1100-\\u11ff\\ua960-\\ua97f\\ud7b0-\\ud7ff]+'
const inText = new RegExp(
  `${spaced}|${jamo}\\p{M}*|${unspaced}[\\p{M}\\uff9e\\uff9f]*|${picture}|\\p{RI}`,
  'gv',
)
const inPiece = new RegExp(`${unspaced}\\p{M}*|${spaced}`, 'gv')
const isPicture = /^(?:\p{Extended_Pictographic}|\p{RI})$/u
/** Accents: what is put on letters of any script. Signs that spell, as vowels do in Hindi, are no accents. */
const accents = /[[\p{Mn}\p{Me}]&&[\p{sc=Zinh}\u0300-\u08ff]]/gv
const voiced = /[\u3099\u309a]/
/** What SQLite's tokenizer, which knows Unicode 6.1, may take for a gap. */
const unknownToSqlite = /[\p{M}[\u{10000}-\u{10ffff}]]/gv

/** A code point as a word or a part of one: a letter of private use before six digits. */
const spelled = (sign: string): string => `\uf8fe${(sign.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`

/** One letter that folding leaves as it is, which nearly all of Chinese, Japanese and Korean are. */
function isFolded(piece: string): boolean {
  if (piece.length > 1) return /^[a-z0-9]+$/.test(piece)
  const code = piece.charCodeAt(0)
  if (code < 0x3041) return code < 0x80 && /[a-z0-9]/.test(piece)
  return (
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    /[\u3041-\u3096\u30a1-\u30fe]/.test(piece)
  )
}

function wordsOfPiece(piece: string): string[] {
  if (isFolded(piece)) return [piece]
  if (isPicture.test(piece)) return [spelled(piece)]
  const folded = piece
    .normalize('NFKD')
    .replace(accents, (accent) => (voiced.test(accent) ? accent : ''))
    .normalize('NFC')
    .toLowerCase()
    // Capitals that are two letters in lower case (İ) bring an accent.
    .replace(accents, '')
  return (folded.match(inPiece) ?? []).map((word) => word.replace(unknownToSqlite, spelled))
}

const isPlain = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/**
 * Words as full-text search sees them, in order: letters and digits, lower case, without accents; a letter of writing without blanks (Chinese,
 * Japanese, Korean, Thai …) and an emoji are a word each.
 */
export function foldedWords(text: string): string[] {
  if (isPlain(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const words: string[] = []
  for (const piece of text.match(inText) ?? [])
    if (isFolded(piece)) words.push(piece)
    else words.push(...wordsOfPiece(piece))
  return words
}

/** The same words, each with its place in the text. */
export function* wordsIn(text: string): Generator<FoundWord> {
  for (const { 0: piece, index } of text.matchAll(inText))
    for (const word of wordsOfPiece(piece)) yield { word, start: index, end: index + piece.length }
}

/** A text as it is given to the full-text index, which finds in it exactly {@link foldedWords}. */
export const indexedText = (text: string): string => (isPlain(text) ? text : foldedWords(text).join(' '))
