/** Where the records of each key lie in a file, in the file's order; 24 bytes a record, whatever its size. */
export type RecordIndex = {
  /** @param own whether the record is about the key, not only a mention of it. */
  add(key: string, line: number, at: number, length: number, own: boolean): void
  /** Whether a record about the key is there. */
  has(key: string): boolean
  /** Keys with records of their own, by the first record that names them. */
  keys(): Iterable<string>
  places(key: string): readonly FileOffset[]
  readonly records: number
}

export type FileOffset = {
  readonly line: number
  readonly at: number
  readonly length: number
  readonly own: boolean
}

type Chain = { first: number; last: number; own: boolean }

export function recordIndex(): RecordIndex {
  const chains = new Map<string, Chain>()
  let capacity = 1 << 12
  let count = 0
  let ats = new Float64Array(capacity)
  let lengths = new Uint32Array(capacity)
  let lines = new Uint32Array(capacity)
  let nexts = new Int32Array(capacity)
  const grown = <A extends Float64Array | Uint32Array | Int32Array>(from: A, into: A): A => {
    into.set(from)
    return into
  }
  return {
    add(key, line, at, length, own) {
      if (count === capacity) {
        capacity *= 2
        ats = grown(ats, new Float64Array(capacity))
        lengths = grown(lengths, new Uint32Array(capacity))
        lines = grown(lines, new Uint32Array(capacity))
        nexts = grown(nexts, new Int32Array(capacity))
      }
      ats[count] = at
      // The lowest bit says whose record it is: lengths stay far below 2^31.
      lengths[count] = length * 2 + (own ? 1 : 0)
      lines[count] = line
      nexts[count] = -1
      const chain = chains.get(key)
      if (chain) {
        nexts[chain.last] = count
        chain.last = count
        chain.own ||= own
      } else chains.set(key, { first: count, last: count, own })
      count++
    },
    has: (key) => chains.get(key)?.own ?? false,
    *keys() {
      for (const [key, chain] of chains) if (chain.own) yield key
    },
    places(key) {
      const places: FileOffset[] = []
      for (let i = chains.get(key)?.first ?? -1; i >= 0; i = nexts[i] ?? -1) {
        const packed = lengths[i] ?? 0
        places.push({ line: lines[i] ?? 0, at: ats[i] ?? 0, length: packed >>> 1, own: (packed & 1) === 1 })
      }
      return places
    },
    get records() {
      return count
    },
  }
}
