/** Sets of small integers, a bit each: what a filter's conditions are put together from. */

/** @param room a multiple of 32. */
export const bitmap = (room: number): Uint32Array => new Uint32Array(room / 32)

export function setBit(bits: Uint32Array, place: number, on: boolean): void {
  const word = place >>> 5
  const mask = 1 << (place & 31)
  bits[word] = on ? (bits[word] ?? 0) | mask : (bits[word] ?? 0) & ~mask
}

export const hasBit = (bits: Uint32Array, place: number): boolean =>
  (((bits[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1

/** Keeps of `bits` what is in `other` too, or, `negated`, what is not. */
export function keepOnly(bits: Uint32Array, other: Uint32Array, negated: boolean): void {
  const flip = negated ? -1 : 0
  for (let word = 0; word < bits.length; word++)
    bits[word] = (bits[word] as number) & ((other[word] as number) ^ flip)
}

/** The set of all places that pass a test. */
export function placesThat(room: number, test: (place: number) => boolean): Uint32Array {
  const bits = bitmap(room)
  for (let word = 0; word < bits.length; word++) {
    let value = 0
    const first = word << 5
    for (let bit = 0; bit < 32; bit++) if (test(first + bit)) value |= 1 << bit
    bits[word] = value
  }
  return bits
}

export function countBits(bits: Uint32Array): number {
  let count = 0
  for (let word = 0; word < bits.length; word++) {
    let value = bits[word] as number
    value -= (value >>> 1) & 0x55555555
    value = (value & 0x33333333) + ((value >>> 2) & 0x33333333)
    count += (((value + (value >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
  }
  return count
}

/** The set's places, upwards. @param count of its bits. */
export function placesOf(bits: Uint32Array, count: number): Uint32Array {
  const places = new Uint32Array(count)
  let next = 0
  for (let word = 0; word < bits.length; word++)
    for (let value = bits[word] as number; value !== 0; value &= value - 1)
      places[next++] = (word << 5) + 31 - Math.clz32(value & -value)
  return places
}
