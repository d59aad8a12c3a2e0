import type { Inbox } from '../contract/inbox.ts'
import { changeTrust, readTrust, type TrustPlace } from './own-inbox-trust.ts'

/** Stands for the folder as a whole among the names of inboxes, of which none is called that. */
const wholeFolder = 'made-here'

/**
 * Whether an inbox that Docket ships sends to somewhere else once it is set up. Sync does so with a secret alone, which a folder can't bring
 * along; a user's own has a trust of its own.
 */
export const isOutgoing = (inbox: Inbox): boolean =>
  !inbox.inline && !inbox.onByDefault && !inbox.name.startsWith('own-')

/** The folder was made on this computer by this person, or joined a team here: its outgoing inboxes are this person's own doing. */
export const folderIsMine = (place: TrustPlace): void => changeTrust(place, wholeFolder, { on: true })

/** The same folder became another workspace by joining a team: whose it was, it stays. @param before the workspace's id until then. */
export function followFolder(place: TrustPlace, before: string): void {
  if (readTrust({ ...place, workspaceId: before }, wholeFolder).on) folderIsMine(place)
}

/** The person set an outgoing inbox up here. */
export const sendsFromHere = (place: TrustPlace, inbox: string): void =>
  changeTrust(place, inbox, { on: true })

/** Whether this person agreed that an outgoing inbox sends from this folder. That it is on proves nothing: that travels along. */
export const maySend = (place: TrustPlace, inbox: string): boolean =>
  readTrust(place, wholeFolder).on || readTrust(place, inbox).on

/** What is said of an outgoing inbox that waits until somebody agrees. */
export const heldSentence = (inbox: Pick<Inbox, 'name' | 'title'>): string =>
  `This folder came from elsewhere, so ${inbox.title} sends nothing from it until you agree: look at its settings, then save them here, or say: docket inbox set ${inbox.name} --on`
