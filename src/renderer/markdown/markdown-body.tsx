import { ImageIcon } from 'lucide-react'
import { memo, startTransition, use, useEffect, useMemo, useState } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { Link } from 'wouter'
import { issuePath, memberPath } from '../app/paths.ts'
import { useWorkspace } from '../app/workspace.tsx'
import { chunksOf, firstPieces, longText } from './chunks.ts'
import { KeyPrefixes } from './key-prefixes.ts'
import styles from './markdown.module.css'
import { rehypeDirections } from './rehype-directions.ts'
import { remarkLineBreaks } from './remark-line-breaks.ts'
import { issueMark, memberMark, remarkMentions } from './remark-mentions.ts'

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

const rehypePlugins = [rehypeSanitize, rehypeDirections]

const Piece = memo(function Piece({ text }: { readonly text: string }) {
  const { info, members } = useWorkspace()
  const others = use(KeyPrefixes)
  const remarkPlugins = useMemo(() => {
    const byHandle = new Map(members.map((member) => [member.handle.toLowerCase(), member.id]))
    const prefixes = [...new Set([info.workspace.keyPrefix, ...others])]
    const options = { prefixes, memberOf: (handle: string) => byHandle.get(handle.toLowerCase()) }
    return [remarkGfm, [remarkMentions, options] as [typeof remarkMentions, typeof options], remarkLineBreaks]
  }, [info.workspace.keyPrefix, members, others])
  return (
    <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
      {text}
    </ReactMarkdown>
  )
})

/** The parsed text; see `Markdown`. Pieces after the first follow one at a time, so that typing and scrolling stay free. */
export function MarkdownBody({ text }: { readonly text: string }) {
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
        <Piece key={index} text={chunk} />
      ))}
      {wanted < chunks.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          Show all {Math.round(text.length / 1000).toLocaleString()} thousand characters
        </button>
      )}
    </div>
  )
}
