let view = ''
let unread = 0

function show(): void {
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${view === '' ? '' : `${view} · `}Docket`
}

/** Says in the window's title which view is shown. @param name empty where none says */
export function setViewTitle(name: string): void {
  view = name
  show()
}

/** Says in the window's title how many notices nobody has read. */
export function setUnreadTitle(count: number): void {
  unread = count
  show()
}
