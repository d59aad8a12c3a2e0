/** Blanks, controls, what Unicode says is shown as nothing, and the empty pattern of Braille. */
const unseen = /[\p{White_Space}\p{Cc}\p{Cf}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** Whether there is anything to see of a text: one of joiners and blanks alone would be a row that nobody can read or point at. */
export const isVisible = (text: string): boolean => text.replace(unseen, '') !== ''
