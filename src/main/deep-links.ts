const key = /^[A-Za-z][A-Za-z0-9]{0,9}-(?:[1-9]\d{0,14}|~[0-9A-Fa-f]{4})$/

/**
 * Where a `docket://issue/DOC-42` address leads in the window, or `null`: any page on the web can make somebody click on one, so
 * exactly this form is understood (and `docket://inbox`), and it can do nothing but show.
 */
export function placeOfLink(link: string): string | null {
  if (/^docket:\/\/inbox\/?$/i.test(link)) return '/inbox'
  const match = /^docket:\/\/issue\/([^/?#\s]{1,64})\/?$/i.exec(link)
  const wanted = match?.[1]
  // `~` may arrive as it is or escaped; nothing else in a key can be.
  const plain = wanted?.replace(/%7e/i, '~')
  return plain !== undefined && key.test(plain) ? `/issue/${encodeURIComponent(plain)}` : null
}
