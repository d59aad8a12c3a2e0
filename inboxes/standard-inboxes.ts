/**
 * Inboxes that run from a workspace's first event on, whether or not a worker was ever started; named apart from the registry so that making a
 * workspace loads none of them.
 */
export const standardInboxes = ['in-app', 'notifications', 'rules'] as const
