import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Packs a folder into a file, `.tar.zst`. The window holds all of it: a fresh Postgres is the same megabytes three times over. */
export function packFolder(folder: string, file: string): void {
  const tar = execFileSync('tar', ['-c', '--sort=name', '--owner=0', '--group=0', '-C', folder, '.'], {
    maxBuffer: 2 ** 30,
  })
  const params = {
    [constants.ZSTD_c_compressionLevel]: 19,
    [constants.ZSTD_c_windowLog]: 27,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  }
  writeFileSync(file, zstdCompressSync(tar, { params }))
}

/** Unpacks what `packFolder` made into a folder, which is made where it is not there. */
export function unpackFolder(file: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-x', '--no-same-owner', '-C', folder], { input: unpacked(file), maxBuffer: 2 ** 30 })
}

/** The bytes of a file that was packed by itself, `.zst`. */
export const unpacked = (file: string): Buffer => zstdDecompressSync(readFileSync(file))
