import { hash } from 'node:crypto'
import type { EventRegistry } from '#core/event-registry.ts'

/** Raised with every change of what the same events come to. 1: as the first release folds. 2: what a later import brings is judged as anybody's change. 3: a moved issue keeps every key of its tracker. */
const foldVersion = 3

/** The name of a fold: its version, and the first 16 digits of the SHA-256 of the lines of what it knows. */
export const foldNamed = (version: number, known: readonly string[]): string =>
  `${version}.${hash('sha256', known.join('\n'), 'hex').slice(0, 16)}`

/**
 * What a state was folded with. Two copies that hold the same events come to the same where their folds have one name; else one of them may know what the
 * other passes by, and their digests say nothing about each other.
 */
export const foldName = ({ known }: Pick<EventRegistry, 'known'>): string => foldNamed(foldVersion, known)

/** The first release's, which does not say what it folds with. */
export const firstFold = '1.a0970da5405cff53'
