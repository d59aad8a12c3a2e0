import type { EntityIds, ListedType } from '../../entities/kinds/entities.ts'
import type { EventSign } from '../../events/facts/event-facts.ts'
import type { Upcaster } from '../../events/facts/upcaster.ts'

/** What a field may refer to. */
export type ReferenceTarget = ListedType

/** What a number is counted in: its stored name, and how one and many of it are written. */
export type Unit = { readonly name: string; readonly one: string; readonly many: string }

/** What values a field has. Plain data, so that the window reads it without loading zod; `field-schemas.ts` makes schemas of it. */
export type FieldKind =
  | { readonly operand: 'text'; readonly nullable: false }
  /** One of some words, in their order. */
  | { readonly operand: 'rank'; readonly nullable: false; readonly values: readonly string[] }
  | {
      readonly operand: 'number'
      readonly nullable: boolean
      /** The smallest and the largest, inclusive. */
      readonly least: number
      readonly most: number
      /** Digits after the point, at most. */
      readonly decimals: number
      /** Whether the issues of a list or of a column are shown with what they come to together. */
      readonly summed?: true
      /** What it may be counted in, of which the workspace chooses one; the first where it chose none. */
      readonly units?: readonly [Unit, ...Unit[]]
    }
  /** A calendar day without a time zone, `2026-11-30`. @param deadline whether an open issue is late after it. */
  | { readonly operand: 'day'; readonly nullable: true; readonly deadline: boolean }
  | {
      readonly operand: 'reference'
      readonly nullable: true
      readonly to: ReferenceTarget
      /** The number of its counters of issues, never given twice (1 and 2 are those of labels and assignees); `null` where nobody asks how many there are. */
      readonly facet: number | null
    }

/** How lists are sorted by something. */
export type SortDeclaration = {
  /** As `sort:` names it. */
  readonly key: string
  /** Whether the first is the largest where nobody says. */
  readonly descends: boolean
  /** Where what has no value stands: `last` both ways, or `low`, as if it were below everything. */
  readonly nulls: 'last' | 'low'
  /** Whether a walk along an index finds the next page; else the set is sorted. */
  readonly indexed: boolean
}

export type FilterDeclaration = {
  /** As the filter language names it: `due`. */
  readonly key: string
  /** What suggestions say of it, and of `none`. */
  readonly hint: string
  readonly noneHint?: string
}

/** How the command line takes a field. */
export type OptionDeclaration = {
  /** `--due`; one letter for short. */
  readonly flag: string
  readonly short?: string
  /** What its value is called in the help, and what it may be. */
  readonly value: string
  readonly help: string
  /** What `--no-FLAG` does, where there is one. */
  readonly without?: string
  /** Where the value of a new issue is no option of its own. */
  readonly editOnly?: true
}

/** A field of an issue that has one value at a time: everything about it that is not the same for all fields of its kind. */
export type Field = {
  /** What it is called where it is stored: in conflicts and `setBy`. */
  readonly name: string
  /** The property of states, rows and tables. */
  readonly key: string
  /** `Due date`, and in a narrow place `Due`. */
  readonly title: string
  readonly column: string
  readonly kind: FieldKind
  readonly initial: string | number | null
  /** Whether a state and a payload have it only where it is set: true of every field that came after the first release. */
  readonly sparse: boolean
  /** Whether `created` holds it; else an event of its own follows where it is set from the start. `created` takes no further fields. */
  readonly inCreated: boolean
  readonly event: {
    readonly name: string
    readonly version: number
    readonly upcasters: readonly Upcaster[]
    /** Which sign stands beside it in a feed. */
    readonly sign: EventSign
  }
  readonly command: {
    readonly name: string
    /** What the command, and `create`, call the value. */
    readonly property: string
  }
  readonly filter: FilterDeclaration | null
  readonly sort: SortDeclaration | null
  readonly option: OptionDeclaration
}

/** Declares a field: hands it back with its literal types. */
export const field = <const F extends Field>(declared: F): F => declared

type Plain<K extends FieldKind> = K extends {
  readonly operand: 'rank'
  readonly values: readonly (infer V)[]
}
  ? V
  : K extends { readonly operand: 'number' }
    ? number
    : string
type OrNull<K extends FieldKind> = K extends { readonly nullable: true } ? null : never

/** What a field's value is in states, rows and filters. */
export type ValueOf<F extends Field> = Plain<F['kind']> | OrNull<F['kind']>
/** The same in events and commands, where ids are told apart by what they are of. */
export type RecordedValueOf<F extends Field> =
  | (F['kind'] extends { readonly operand: 'reference'; readonly to: infer To extends ReferenceTarget }
      ? EntityIds[To]
      : Plain<F['kind']>)
  | OrNull<F['kind']>
