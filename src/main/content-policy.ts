/**
 * The window's Content-Security-Policy: our own files, and nothing from or to anywhere else.
 *
 * @param devServer origin of Vite's server while developing, which needs its socket and one inline script.
 */
export function contentPolicy(devServer: string | null = null): string {
  const socket = devServer?.replace(/^http/, 'ws')
  return [
    "default-src 'none'",
    devServer ? "script-src 'self' 'unsafe-inline'" : "script-src 'self'",
    // Positioned popups and virtual lists set inline styles.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    socket ? `connect-src 'self' ${socket}` : "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** Headers of every answer that the window gets, by their lower-case names. */
export const securityHeaders = (devServer: string | null = null): Readonly<Record<string, string>> => ({
  'content-security-policy': contentPolicy(devServer),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
})
