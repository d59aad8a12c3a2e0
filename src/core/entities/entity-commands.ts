import { z } from 'zod'
import { isUnitOf } from '../issue/fields/units.ts'
import { mailAddress } from '../text/mail-address.ts'
import { visibleLine } from '../text/text.ts'
import { labelId, memberId, projectId } from '../values/ids.ts'
import { handle, hexColour } from './entity-events.ts'

/** What somebody wants of the workspace, its members, its labels and its projects. */
export const entityCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('create_label'),
    labelId,
    name: visibleLine,
    colour: hexColour.optional(),
  }),
  z.strictObject({ type: z.literal('rename_label'), labelId, name: visibleLine }),
  z.strictObject({ type: z.literal('recolour_label'), labelId, colour: hexColour }),
  z.strictObject({ type: z.literal('create_project'), projectId, name: visibleLine }),
  z.strictObject({ type: z.literal('rename_project'), projectId, name: visibleLine }),
  z.strictObject({
    type: z.literal('add_member'),
    memberId,
    name: visibleLine,
    handle: handle.optional(),
    email: mailAddress.optional(),
  }),
  /** Says where a person gets mail; `null` for nowhere. */
  z.strictObject({ type: z.literal('change_member_email'), memberId, email: mailAddress.nullable() }),
  z.strictObject({ type: z.literal('rename_member'), memberId, name: visibleLine }),
  z.strictObject({ type: z.literal('rename_workspace'), name: visibleLine }),
  /** Says what the workspace counts a field of issues in. */
  z
    .strictObject({ type: z.literal('choose_unit'), field: z.string(), unit: z.string() })
    .refine(({ field, unit }) => isUnitOf(field, unit), {
      path: ['unit'],
      error: 'is not one that the field is counted in',
    }),
])
export type EntityCommand = z.infer<typeof entityCommand>
