import { Paperclip } from 'lucide-react'
import type { AttachmentView } from '#contract/answers/answers.ts'
import styles from '../../ui/fields/property.module.css'

const sizeText = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1_000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`

/** Files that an issue came with, each a link to where it lies; nothing is fetched before somebody follows it. */
export function Attachments({ files }: { readonly files: readonly AttachmentView[] }) {
  if (files.length === 0) return null
  return (
    <section className={styles.block} aria-label="Attachments">
      <div className={styles.blockHead}>
        <h3>Attachments</h3>
      </div>
      <ul>
        {files.map(({ id, name, url, size }) => (
          <li key={id} className={styles.link}>
            <span className={styles.file}>
              <Paperclip size={14} strokeWidth={1.5} aria-hidden />
              {url === null ? (
                <span className={styles.linkedTitle} dir="auto" title={name}>
                  {name}
                </span>
              ) : (
                <a
                  href={url}
                  target="_blank"
                  rel="noreferrer"
                  className={styles.linkedTitle}
                  dir="auto"
                  title={`${name}, ${url}`}
                >
                  {name}
                </a>
              )}
              {size !== null && <span className={styles.size}>{sizeText(size)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
