/** Letters that are a letter of the alphabet for whoever looks for them in order, though Unicode takes them apart into nothing. */
const alike: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  þ: 'th',
}

/** A number as text that is ordered by its value: how many digits it has, then the digits. */
function ordered(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, '')
  const length = Math.min(significant.length, 8_000)
  return `0${String.fromCharCode(0x21 + Math.floor(length / 90), 0x21 + (length % 90))}${significant}`
}

/**
 * A text that stands for a title where titles are put in order: compared code point by code point (as SQLite compares, by bytes of UTF-8), numbers come in
 * their order, capitals and accents with their letters. The same wherever it is computed, for it is stored and compared by several processes.
 */
export function titleOrder(title: string): string {
  const folded = title.normalize('NFC').toLowerCase()
  const plain = folded
    .normalize('NFKD')
    .replace(/[\p{Mn}\p{Me}]/gu, '')
    .replace(/[ßæœøđðłħıþ]/g, (letter) => alike[letter] ?? letter)
    .normalize('NFC')
    .replace(/\d+/g, ordered)
  // What is alike so far goes by its accents.
  return /[^\0-\x7f]|0\d/.test(folded) ? `${plain}\u0001${folded}` : plain
}
