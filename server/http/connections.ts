import type { Server } from 'node:http'

export type ConnectionBounds = { readonly ofAddress: number; readonly all: number }

/** A client has one stream and a few requests at a time; a team behind one address has hundreds of clients. */
export const usualConnections: ConnectionBounds = { ofAddress: 2_000, all: 10_000 }

/** Has a server take no more connections than that: one too many is closed before anything is read of it. */
export function boundConnections(server: Server, { ofAddress, all }: ConnectionBounds): void {
  server.maxConnections = all
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const there = (open.get(address) ?? 0) + 1
    if (there > ofAddress) {
      socket.destroy()
      return
    }
    open.set(address, there)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}
