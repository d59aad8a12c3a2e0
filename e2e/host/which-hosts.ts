import type { FullConfig, Reporter } from '@playwright/test/reporter'

/** The last line of a run: which of the two hosts the specs ran against. */
class WhichHosts implements Reporter {
  #hosts: string[] = []
  #ran = new Set<string>()

  onBegin(config: FullConfig): void {
    this.#hosts = config.projects.map((project) => project.name)
  }

  onTestEnd(test: Parameters<NonNullable<Reporter['onTestEnd']>>[0]): void {
    this.#ran.add(test.parent.project()?.name ?? '')
  }

  onEnd(): void {
    const ran = this.#hosts.filter((host) => this.#ran.has(host))
    const electron = this.#hosts.includes('electron')
      ? ''
      : ' The electron host was left out: its runtime or a display is missing.'
    process.stdout.write(`Browser tests ran against: ${ran.join(' and ') || 'no host'}.${electron}\n`)
  }

  printsToStdio(): boolean {
    return false
  }
}

// biome-ignore lint/style/noDefaultExport: how Playwright loads a reporter
export default WhichHosts
