// As much of D-Bus's wire format (little endian) as it takes to be called by notify-send:
// https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-messages

export const methodCall = 1
export const methodReturn = 2

/** A message of the bus. The header's fields that matter here, by their names. */
export type DbusMessage = {
  readonly type: number
  readonly serial: number
  readonly member: string | undefined
  readonly sender: string | undefined
  readonly body: Buffer
}

const fieldNames: Readonly<Record<number, 'member' | 'sender'>> = { 3: 'member', 7: 'sender' }

/** Reads values one after the other. */
export function dbusReader(bytes: Buffer) {
  let at = 0
  const align = (to: number): void => {
    at = Math.ceil(at / to) * to
  }
  const number = (): number => {
    align(4)
    at += 4
    return bytes.readUInt32LE(at - 4)
  }
  const text = (length: number): string => {
    const value = bytes.toString('utf8', at, at + length)
    at += length + 1
    return value
  }
  return {
    at: () => at,
    skipTo: (position: number) => {
      at = position
    },
    align,
    byte: () => bytes.readUInt8(at++),
    number,
    string: () => text(number()),
    signature: () => text(bytes.readUInt8(at++)),
  }
}

/** The first whole message of what came, and how many bytes it takes; `undefined` where more has to come. */
export function readMessage(
  bytes: Buffer,
): { readonly message: DbusMessage; readonly size: number } | undefined {
  if (bytes.length < 16) return undefined
  const read = dbusReader(bytes)
  read.skipTo(1)
  const type = read.byte()
  read.skipTo(4)
  const bodyLength = read.number()
  const serial = read.number()
  const fieldsEnd = 16 + read.number()
  const bodyStart = Math.ceil(fieldsEnd / 8) * 8
  const size = bodyStart + bodyLength
  if (bytes.length < size) return undefined
  const fields: { member?: string; sender?: string } = {}
  while (read.at() < fieldsEnd) {
    read.align(8)
    const name = fieldNames[read.byte()]
    const signature = read.signature()
    const value =
      signature === 'u' ? String(read.number()) : signature === 'g' ? read.signature() : read.string()
    if (name) fields[name] = value
  }
  const { member, sender } = fields
  return { message: { type, serial, member, sender, body: bytes.subarray(bodyStart, size) }, size }
}

type Value = { readonly as: 's' | 'o' | 'g' | 'u'; readonly value: string | number } | { readonly as: 'as' }

/** Writes values one after the other; `as` is an empty list of texts. */
function marshal(values: readonly Value[], start = 0): Buffer {
  const parts: Buffer[] = []
  let at = start
  const put = (part: Buffer): void => {
    parts.push(part)
    at += part.length
  }
  const number = (value: number): void => {
    put(Buffer.alloc((4 - (at % 4)) % 4))
    const four = Buffer.alloc(4)
    four.writeUInt32LE(value)
    put(four)
  }
  for (const each of values) {
    if (each.as === 'as') number(0)
    else if (each.as === 'u') number(Number(each.value))
    else {
      const text = Buffer.from(`${each.value}\0`)
      if (each.as === 'g') put(Buffer.from([text.length - 1]))
      else number(text.length - 1)
      put(text)
    }
  }
  return Buffer.concat(parts)
}

type Field = { readonly code: number } & Extract<Value, { readonly value: unknown }>

/** A message as it is sent. */
export function writeMessage(
  type: number,
  serial: number,
  fields: readonly Field[],
  values: readonly Value[],
): Buffer {
  const body = marshal(values)
  const signature = values.map((value) => value.as).join('')
  const all: readonly Field[] =
    signature === '' ? fields : [...fields, { code: 8, as: 'g', value: signature }]
  let header = Buffer.alloc(0)
  for (const field of all) {
    const padding = Buffer.alloc((8 - (header.length % 8)) % 8)
    const lead = Buffer.from([field.code, 1, field.as.charCodeAt(0), 0])
    header = Buffer.concat([header, padding, lead, marshal([field], header.length + padding.length + 4)])
  }
  const fixed = Buffer.alloc(16)
  fixed.write('l', 0, 'latin1')
  fixed.writeUInt8(type, 1)
  fixed.writeUInt8(1, 3)
  fixed.writeUInt32LE(body.length, 4)
  fixed.writeUInt32LE(serial, 8)
  fixed.writeUInt32LE(header.length, 12)
  return Buffer.concat([fixed, header, Buffer.alloc((8 - (header.length % 8)) % 8), body])
}
