type Node = { readonly type: string; readonly value?: string; children?: Node[] }

function broken(text: string): Node[] {
  return text
    .split(/[ \t]*\r?\n[ \t]*/)
    .flatMap((line, index) => [
      ...(index > 0 ? [{ type: 'break' }] : []),
      ...(line === '' ? [] : [{ type: 'text', value: line }]),
    ])
}

/** A remark plugin that keeps line breaks as they were typed, as trackers do; Markdown itself would join the lines. Code keeps its own. */
export function remarkLineBreaks(): (tree: Node) => void {
  const walk = (node: Node): void => {
    if (!node.children) return
    node.children = node.children.flatMap((child) => {
      if (child.type === 'text' && child.value?.includes('\n')) return broken(child.value)
      walk(child)
      return [child]
    })
  }
  return walk
}
