const mostHosts = 20
const host = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/

/**
 * The hosts in a user inbox's leading comment, as in `// hosts: hooks.example.org, localhost:3000`: read from the text, because they are shown
 * before anything of it is executed. What is no host is left out, and so is what stands below the first line of code.
 */
export function declaredHosts(source: string): readonly string[] {
  const hosts = new Set<string>()
  for (const line of source.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line.trim() !== '' && !line.startsWith('//')) break
    const named = /^\/\/\s*hosts:(.*)$/i.exec(line)?.[1]
    for (const part of named?.split(',') ?? []) {
      const one = part.trim().toLowerCase()
      if (host.test(one) && hosts.size < mostHosts) hosts.add(one)
    }
  }
  return [...hosts]
}
