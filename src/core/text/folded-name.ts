/**
 * A name as names are looked up: without case, and composed (NFC), so that "é" is one whether it was typed as a letter or as a letter and an accent. Ids that
 * were derived from names are not derived from this.
 */
export const foldedName = (name: string): string => name.trim().toLowerCase().normalize('NFC')
