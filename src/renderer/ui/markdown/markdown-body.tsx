import { ImageIcon } from 'lucide-react'
import {
  createElement,
  type ElementType,
  memo,
  type ReactNode,
  startTransition,
  use,
  useEffect,
  useMemo,
  useState,
} from 'react'
import type { Components } from 'react-markdown'
import { Link } from 'wouter'
import type { TextNames } from '#contract/answers/answers.ts'
import { issuePath, memberPath } from '../../lib/paths.ts'
import { useWorkspace } from '../../lib/workspace.tsx'
import { chunksOf, firstPieces, longText } from './chunks.ts'
import { KeyPrefixes } from './key-prefixes.ts'
import styles from './markdown.module.css'
import { aside, type Parsing, patience } from './parse-aside.ts'
import { type LinkNames, type ParsedText, parseMarkdown } from './parse-markdown.ts'
import { PlainText } from './plain-text.tsx'
import { isNestedTooDeep, isQuick } from './quick-text.ts'
import { issueMark, memberMark } from './remark-mentions.ts'

/** Footnotes point inside the page; the address bar belongs to the router. */
function scrollToNote(hash: string): void {
  document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView({ block: 'center' })
}

const components: Components = {
  a: ({ href = '', children }) => {
    if (href.startsWith(issueMark))
      return <Link href={issuePath(decodeURIComponent(href.slice(issueMark.length)))}>{children}</Link>
    if (href.startsWith(memberMark))
      return <Link href={memberPath(href.slice(memberMark.length))}>{children}</Link>
    if (href.startsWith('#'))
      return (
        <button type="button" className={styles.note} onClick={() => scrollToNote(href)}>
          {children}
        </button>
      )
    // An address without a protocol has nowhere to lead from here.
    if (!/^(https?|mailto):/i.test(href)) return <span title={href}>{children}</span>
    return (
      <a href={href} target="_blank" rel="noreferrer" title={href}>
        {children}
      </a>
    )
  },
  // Nothing is fetched because somebody wrote it into a comment: an image is a link that a person may follow.
  img: ({ src, alt }) => {
    const address = typeof src === 'string' ? src : ''
    const name = alt || address.split('/').at(-1) || 'image'
    return (
      <span className={styles.image}>
        <ImageIcon size={14} strokeWidth={1.5} aria-hidden />
        {/^https?:/i.test(address) ? (
          <a href={address} target="_blank" rel="noreferrer" title={address}>
            {name}
          </a>
        ) : (
          <span>{name}</span>
        )}
      </span>
    )
  },
  input: ({ checked }) => (
    <span
      className={styles.task}
      data-done={checked || undefined}
      role="img"
      aria-label={checked ? 'Done' : 'Not done'}
    />
  ),
  pre: ({ children, dir }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which the keyboard must reach too
    <pre tabIndex={0} dir={dir}>
      {children}
    </pre>
  ),
  table: ({ children, dir }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which the keyboard must reach too
    <section className={styles.table} tabIndex={0} aria-label="Table">
      <table dir={dir}>{children}</table>
    </section>
  ),
  // The page has its own first and second headings.
  h1: ({ children, dir }) => (
    <h3 data-first dir={dir}>
      {children}
    </h3>
  ),
  h2: ({ children, dir }) => <h3 dir={dir}>{children}</h3>,
  h3: ({ children, dir }) => <h4 dir={dir}>{children}</h4>,
  h4: ({ children, dir }) => <h5 dir={dir}>{children}</h5>,
  h5: ({ children, dir }) => <h6 dir={dir}>{children}</h6>,
}

/** Data as elements, by our own components where there is one. */
function elements(parsed: ParsedText): ReactNode[] {
  return parsed.map((node, index) => {
    if (typeof node === 'string') return node
    const type = (components[node.tag as keyof Components] ?? node.tag) as ElementType
    return createElement(type, { key: index, ...node.props }, ...elements(node.children))
  })
}

type Member = { readonly handle: string; readonly id: string }

/** The members whom a text may mention: few of many. */
function handlesIn(text: string, members: readonly Member[]) {
  const said = text.toLowerCase()
  if (!said.includes('@')) return []
  return members
    .map(({ handle, id }) => [handle.toLowerCase(), id] as const)
    .filter(([handle]) => said.includes(`@${handle}`))
}

/** What a text from elsewhere names, and nothing of ours that is called the same. */
function namesOf({ issues, people }: TextNames, members: readonly Member[]): LinkNames {
  const handles = new Map(members.map(({ id, handle }) => [id, handle]))
  return {
    prefixes: [],
    references: Object.entries(issues),
    handles: Object.entries(people).map(([written, id]) => [written, id, handles.get(id)]),
  }
}

function parsedHere(text: string, names: LinkNames): Parsing | undefined {
  if (isNestedTooDeep(text)) return { state: 'failed' }
  if (!isQuick(text)) return undefined
  try {
    return { state: 'parsed', parsed: parseMarkdown(text, names) }
  } catch {
    return { state: 'failed' }
  }
}

type Props = { readonly text: string; readonly named: TextNames | null }

/** One piece of a text: laid out at once where that is quick, else once a thread of its own has parsed it. */
const Piece = memo(function Piece({ text, named }: Props) {
  const { info, members } = useWorkspace()
  const others = use(KeyPrefixes)
  const names = useMemo(
    (): LinkNames =>
      named
        ? namesOf(named, members)
        : {
            prefixes: [...new Set([info.workspace.keyPrefix, ...others])],
            handles: handlesIn(text, members),
          },
    [text, named, info.workspace.keyPrefix, members, others],
  )
  const here = useMemo(() => parsedHere(text, names), [text, names])
  const [asked, setAsked] = useState(false)
  const [there, setThere] = useState<{ readonly names: LinkNames; readonly parsing: Parsing }>()
  const parsing = here ?? (there?.names === names ? there.parsing : aside.known(text, names))
  const isWanted = here === undefined && (parsing === undefined || (asked && parsing.state === 'slow'))

  useEffect(() => {
    if (!isWanted) return
    let current = true
    void aside.parse(text, names, asked ? patience.asked : patience.unasked).then((found) => {
      if (current) setThere({ names, parsing: found.state === 'slow' && asked ? { state: 'failed' } : found })
    })
    return () => {
      current = false
    }
  }, [isWanted, text, names, asked])

  if (parsing?.state === 'parsed') return elements(parsing.parsed)
  return (
    <>
      <PlainText text={text} />
      {parsing?.state === 'failed' && (
        <p className={styles.asTyped}>Shown as it was typed, for it can not be laid out.</p>
      )}
      {parsing?.state === 'slow' && (
        <button type="button" className={styles.more} disabled={asked} onClick={() => setAsked(true)}>
          {asked ? 'Laying it out …' : 'Shown as it was typed, for laying it out takes long. Lay it out'}
        </button>
      )}
    </>
  )
})

/** The parsed text; see `Markdown`. Pieces after the first follow one at a time, so that typing and scrolling stay free. */
export function MarkdownBody({ text, names }: { readonly text: string; readonly names: TextNames | null }) {
  const [all, setAll] = useState(false)
  const chunks = useMemo(() => chunksOf(text), [text])
  const wanted = all || text.length <= longText ? chunks.length : firstPieces
  const [shown, setShown] = useState(1)

  useEffect(() => {
    if (shown >= wanted) return
    const handle = requestIdleCallback(() => startTransition(() => setShown((count) => count + 1)), {
      timeout: 500,
    })
    return () => cancelIdleCallback(handle)
  }, [shown, wanted])

  return (
    <div className={styles.body}>
      {chunks.slice(0, Math.min(shown, wanted)).map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
        <Piece key={index} text={chunk} named={names} />
      ))}
      {wanted < chunks.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          Show all {Math.round(text.length / 1000).toLocaleString()} thousand characters
        </button>
      )}
    </div>
  )
}
