import styles from './people-and-labels.module.css'

/** A colour that is picked by hand: the browser's own `change` event, which React's `onChange` is not, tells of the last one alone. */
export function ColourInput({
  value,
  name,
  onPick,
}: {
  readonly value: string
  readonly name: string
  readonly onPick: (colour: string) => void
}) {
  return (
    <input
      type="color"
      className={styles.colour}
      defaultValue={value}
      key={value}
      aria-label={`Colour of ${name}`}
      ref={(input) => {
        if (!input) return
        const picked = () => onPick(input.value.toLowerCase())
        input.addEventListener('change', picked)
        return () => input.removeEventListener('change', picked)
      }}
    />
  )
}
