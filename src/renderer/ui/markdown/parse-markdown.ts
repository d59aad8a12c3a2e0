import { isValidElement, type ReactNode } from 'react'
import ReactMarkdown from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { rehypeDirections } from './rehype-directions.ts'
import { remarkLineBreaks } from './remark-line-breaks.ts'
import { remarkMentions } from './remark-mentions.ts'

/** What a text's keys and handles may become links to. */
export type LinkNames = {
  /** Prefixes of issue keys. */
  readonly prefixes: readonly string[]
  /** Handles in lower case, each with its member's id, and the handle to show where that is another. */
  readonly handles: readonly (readonly [string, string, string?])[]
  /** Ways of writing that lead to issues, each with the key. */
  readonly references?: readonly (readonly [string, string])[]
}

/** A parsed text as data, which can be sent between threads: a text, or an element with what is in it. */
export type ParsedNode =
  | string
  | { readonly tag: string; readonly props: Readonly<Record<string, unknown>>; readonly children: ParsedText }
export type ParsedText = readonly ParsedNode[]

/** Deeper than anybody writes, and not so deep that laying it out would hold up the window. */
const mostDeep = 150

function dataOf(node: ReactNode, depth: number): ParsedText {
  if (depth > mostDeep) throw new RangeError('nested too deeply')
  if (Array.isArray(node)) return node.flatMap((child: ReactNode) => dataOf(child, depth))
  if (isValidElement<Record<string, unknown>>(node)) {
    const { children, ...props } = node.props
    const inside = dataOf(children as ReactNode, depth + 1)
    return typeof node.type === 'string' ? [{ tag: node.type, props, children: inside }] : inside
  }
  return node === null || node === undefined || typeof node === 'boolean' ? [] : [String(node)]
}

const rehypePlugins = [rehypeSanitize, rehypeDirections]

/** Parses Markdown; pure, on whichever thread. @throws RangeError where it is nested too deeply */
export function parseMarkdown(text: string, { prefixes, handles, references }: LinkNames): ParsedText {
  const byHandle = new Map(handles.map(([written, id, handle]) => [written, { id, handle }]))
  const options = {
    prefixes,
    references: new Map(references),
    memberOf: (handle: string) => byHandle.get(handle.toLowerCase()),
  }
  const mentions = [remarkMentions, options] as [typeof remarkMentions, typeof options]
  const remarkPlugins = [remarkGfm, mentions, remarkLineBreaks]
  return dataOf(ReactMarkdown({ children: text, remarkPlugins, rehypePlugins }), 0)
}
