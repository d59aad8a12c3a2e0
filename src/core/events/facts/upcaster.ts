/** Turns a payload of one version into the next version's; never sees anything but what the log holds. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>
