import type { DocketApi } from '#contract/docket-api.ts'

declare global {
  interface Window {
    /** Put there by the host (Electron's preload, or the web host's bridge) before the window's own script runs. */
    readonly docket: DocketApi
  }
}
