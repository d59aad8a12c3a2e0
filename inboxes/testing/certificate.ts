import { generate } from 'selfsigned'

export type Certificate = { readonly key: string; readonly cert: string }

/** A certificate that vouches for itself: of `localhost` and 127.0.0.1, or of another host alone. */
export async function localCertificate(host?: string): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: host ?? 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames:
          host === undefined
            ? [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
              ]
            : [{ type: 2, value: host }],
      },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}
