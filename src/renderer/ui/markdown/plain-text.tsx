import styles from './markdown.module.css'

/** A text as it was typed: while the parser loads or works, and where it gives up. */
export function PlainText({ text }: { readonly text: string }) {
  return (
    <div className={styles.plain} dir="auto">
      {text.length > 20_000 ? `${text.slice(0, 20_000).toWellFormed()}…` : text}
    </div>
  )
}
