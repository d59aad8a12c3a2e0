import { type CSSProperties, useMemo, useState } from 'react'
import { alignedLines, type LineParts, ownParts, type ShownBlock, withoutLongRuns } from './aligned-lines.ts'
import styles from './side-by-side.module.css'

type Props = {
  readonly left: string
  readonly right: string
  /** What the sides are, for screen readers: `Without effect`, `Stands`. */
  readonly leftName: string
  readonly rightName: string
}

/** Of one side of one change: nobody reads more at a glance, and thousands would hold the window up. */
const mostLines = 300

const linesText = (count: number): string =>
  count === 1 ? '1 line that both have' : `${count} lines that both have`

/** Two texts, their equal lines level with each other. Where there is no room for two columns, each change stands above the other. */
export function SideBySide({ left, right, leftName, rightName }: Props) {
  const blocks = useMemo(() => withoutLongRuns(alignedLines(left, right)), [left, right])
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  return (
    <div className={styles.diff}>
      {blocks.map((block, index) =>
        block.kind === 'hidden' && !opened.has(index) ? (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: blocks of two recorded texts never move
            key={index}
            type="button"
            className={styles.hidden}
            onClick={() => setOpened(new Set([...opened, index]))}
          >
            Show {linesText(block.lines.length)}
          </button>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks of two recorded texts never move
          <Block key={index} block={block} leftName={leftName} rightName={rightName} />
        ),
      )}
    </div>
  )
}

function Block({
  block,
  leftName,
  rightName,
}: Pick<Props, 'leftName' | 'rightName'> & { readonly block: ShownBlock }) {
  if (block.kind !== 'changed')
    return (
      <div className={styles.block}>
        {block.lines.map((line, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a recorded text never move
          <Line key={row} row={row} side="both" line={line} />
        ))}
        {/* The same again in the other column, for the eye alone. */}
        <div className={styles.again} aria-hidden>
          {block.lines.map((line, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a recorded text never move
            <Line key={row} row={row} side="again" line={line} />
          ))}
        </div>
      </div>
    )
  const left = block.left.slice(0, mostLines)
  const right = block.right.slice(0, mostLines)
  const more = Math.max(block.left.length, block.right.length) - mostLines
  const pairs = left.map((line, row) => {
    const other = right[row]
    return other === undefined ? null : ownParts(line, other)
  })
  return (
    <div className={styles.block}>
      <span className="visually-hidden">{leftName}:</span>
      {left.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a recorded text never move
        <Line key={row} row={row} side="left" line={line} parts={pairs[row]?.[0]} />
      ))}
      <span className="visually-hidden">{rightName}:</span>
      {right.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a recorded text never move
        <Line key={row} row={row} side="right" line={line} parts={pairs[row]?.[1]} />
      ))}
      {more > 0 && <p className={styles.more}>and {more.toLocaleString('en')} more lines</p>}
    </div>
  )
}

const marks = { both: '', again: '', left: '−', right: '+' } as const

function Line({
  row,
  side,
  line,
  parts,
}: {
  readonly row: number
  readonly side: 'both' | 'again' | 'left' | 'right'
  readonly line: string
  readonly parts?: LineParts | undefined
}) {
  return (
    <div className={styles.line} data-side={side} style={{ '--row': row + 1 } as CSSProperties}>
      <span className={styles.mark} aria-hidden>
        {marks[side]}
      </span>
      <span dir="auto">
        {parts ? (
          <>
            {parts.before}
            {parts.own !== '' && <mark className={styles.own}>{parts.own}</mark>}
            {parts.after}
          </>
        ) : (
          line
        )}
      </span>
    </div>
  )
}
