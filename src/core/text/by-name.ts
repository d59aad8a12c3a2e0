const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Orders names as people count: `label-2` before `label-10`, whatever their case and accents. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
