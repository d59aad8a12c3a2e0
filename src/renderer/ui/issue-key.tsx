import styles from './issue-key.module.css'

/** An issue's key (`DOC-42`), in the fixed-width face. */
export function IssueKey({ children }: { readonly children: string }) {
  return <span className={styles.key}>{children}</span>
}
