/** How one issue relates to another. Read as "this issue KIND the target": `parent` means that the target is this parent. */
export const linkKinds = ['blocks', 'relates_to', 'duplicates', 'parent'] as const
export type LinkKind = (typeof linkKinds)[number]
