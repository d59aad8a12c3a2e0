import { entity } from './entity.ts'
import { leastUsedColour } from './label-colours.ts'

/** What issues are sorted into, as many as fit. */
export const label = entity({
  type: 'label',
  noun: 'label',
  plural: 'labels',
  idProperty: 'labelId',
  stranger: 'a label',
  unknown: { code: 'unknown_label', sentence: 'That label does not exist in this workspace.' },
  sign: 'label',
  creation: {
    event: 'label_created',
    command: 'create_label',
    verb: 'created',
    feed: 'folds',
  },
  properties: [
    {
      key: 'name',
      kind: 'line',
      given: 'must',
      held: 'always',
      taken: (name) => `There is a label "${name}" already.`,
      change: { event: 'label_renamed', command: 'rename_label', feed: 'folds' },
    },
    {
      key: 'colour',
      kind: 'colour',
      given: 'may',
      otherwise: (name, others) =>
        leastUsedColour(
          name.toLowerCase(),
          [...others].map(({ colour }) => String(colour)),
        ),
      held: 'always',
      contested: true,
      change: { event: 'label_recoloured', command: 'recolour_label', feed: 'folds' },
    },
  ],
})
