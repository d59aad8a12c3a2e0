type Node = {
  readonly type: string
  readonly tagName?: string
  properties?: Record<string, unknown>
  readonly children?: readonly Node[]
}

/** Each of these is laid out by its own first letter. A list isn't: its items are, with their marks beside them. */
const ownDirection = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li', 'blockquote', 'table'])
/** A browser that looks for the first letter of these passes over whatever in them has a direction of its own. */
const ledByFirst = new Set(['li', 'blockquote'])

/**
 * A rehype plugin that lays out each block of a text by the direction that it is written in, whatever its neighbours are: `dir="auto"`,
 * except for code, which runs from left to right. The first paragraph of an item or quote decides for it, and so follows it.
 */
export function rehypeDirections(): (tree: Node) => void {
  const walk = (node: Node, decides: boolean): void => {
    const tag = node.tagName ?? ''
    if (tag === 'pre' || tag === 'code') node.properties = { ...node.properties, dir: 'ltr' }
    else if (ownDirection.has(tag) && !decides) node.properties = { ...node.properties, dir: 'auto' }
    const first = node.children?.find(({ type }) => type === 'element')
    for (const child of node.children ?? []) walk(child, ledByFirst.has(tag) && child === first)
  }
  return (tree) => walk(tree, false)
}
