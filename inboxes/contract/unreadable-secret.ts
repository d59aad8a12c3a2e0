/** That a secret is there and can't be opened here: another host sealed it. */
export class UnreadableSecretError extends Error {
  /** @param field the secret's name in its inbox. */
  constructor(field: string) {
    super(
      `The secret "${field}" is there but can't be read here: another app or another user sealed it. Enter it again here.`,
    )
    this.name = 'UnreadableSecretError'
  }
}
