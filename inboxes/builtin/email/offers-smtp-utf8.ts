import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'

/**
 * Whether a mail server takes addresses in any language's letters. nodemailer sends such an address also where it does not, which some servers
 * mangle. @throws as connecting does.
 */
export function offersSmtpUtf8(options: SMTPConnectionOptions, signal: AbortSignal): Promise<boolean> {
  const connection = new SMTPConnection(options)
  return new Promise<boolean>((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    connection.once('error', reject)
    // Called once the greeting, and STARTTLS where it is asked for, are over.
    connection.connect((error?: Error | null) => {
      if (error) return reject(error)
      const { _supportedExtensions: offered } = connection as unknown as {
        readonly _supportedExtensions?: unknown
      }
      resolve(!Array.isArray(offered) || offered.includes('SMTPUTF8'))
    })
  }).finally(() => connection.close())
}
