/** A page that needs no script and none of the window's files: shown before somebody is let in. `goTo` sends the browser on. */
export function plainPage({ title, text, goTo }: { title: string; text: string; goTo?: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
${goTo ? `<meta http-equiv="refresh" content="0; url=${goTo}">\n` : ''}<title>${title}</title>
<style>
body { font: 15px/24px system-ui, sans-serif; max-width: 34rem; margin: 20vh auto 0; padding: 0 1.5rem }
h1 { font-size: 20px; font-weight: 600 }
</style>
</head>
<body><h1>${title}</h1><p>${text}</p></body>
</html>
`
}
