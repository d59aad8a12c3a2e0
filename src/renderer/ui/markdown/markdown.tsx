import { Component, lazy, memo, type ReactNode, Suspense } from 'react'
import type { TextNames } from '#contract/answers/answers.ts'
import { PlainText } from './plain-text.tsx'

// The parser is a third of the window's code and nothing on the first screen needs it.
const MarkdownBody = lazy(async () => ({ default: (await import('./markdown-body.tsx')).MarkdownBody }))

/** Whatever the parser or the layout stumbles over: the person still gets to read the text. */
class PlainWhereItFails extends Component<
  { readonly text: string; readonly children: ReactNode },
  { readonly failed: boolean }
> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidUpdate(before: { readonly text: string }) {
    if (this.state.failed && before.text !== this.props.text) this.setState({ failed: false })
  }

  override render() {
    return this.state.failed ? <PlainText text={this.props.text} /> : this.props.children
  }
}

/**
 * Markdown as people wrote it: GitHub's flavour, no raw HTML, nothing fetched from the network. Keys of issues and handles of
 * members become links: by the names that come with a text from elsewhere. A text of more than 100,000 characters shows its beginning until the reader asks for the rest.
 */
export const Markdown = memo(function Markdown({
  text,
  names = null,
}: {
  readonly text: string
  readonly names?: TextNames | null
}) {
  return (
    <PlainWhereItFails text={text}>
      <Suspense fallback={<PlainText text={text} />}>
        <MarkdownBody text={text} names={names} />
      </Suspense>
    </PlainWhereItFails>
  )
})
