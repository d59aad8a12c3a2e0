import { type LinkNames, type ParsedText, parseMarkdown } from './parse-markdown.ts'

/** What the window asks for. */
export type ParseRequest = { readonly text: string; readonly names: LinkNames }
/** The parsed text; `null` where the parser gives up. */
export type ParseAnswer = ParsedText | null

// The one listener of this thread: the window asks for one text at a time.
addEventListener('message', ({ data }: MessageEvent<ParseRequest>) => {
  let answer: ParseAnswer
  try {
    answer = parseMarkdown(data.text, data.names)
  } catch {
    answer = null
  }
  postMessage(answer)
})
