import type { LucideIcon } from 'lucide-react'
import { type ComponentType, createContext, type ReactNode } from 'react'
import type { StringRouteParams } from 'wouter'
import { type Preloadable, preloadable } from './preloadable.tsx'
import type { Action, WindowActionId } from './shortcuts/actions.ts'

/** A line of the sidebar. */
type SidebarLine = {
  readonly icon: LucideIcon
  /** The screen's title where left out. */
  readonly title?: string
  /** The heading that it stands under; none where left out. */
  readonly section?: 'Automation'
  /** Where the line is marked as the present one: at its path whatever the query is, or below it too; only at its query where left out. */
  readonly marked?: 'any-query' | 'below'
  /** What is counted at its end. */
  readonly useCount?: () => number
  readonly counted?: string
  /** Whether the line is there; always where left out. */
  readonly useShown?: () => boolean
}

/** A way to a screen: by an action that has a key and is in the palette, and by a line of the sidebar. */
export type NavItem = {
  readonly to: string
  /** The action that leads there: its own (see {@link goTo}), or one that the window has anyway. */
  readonly action: Action | WindowActionId
  readonly sidebar?: SidebarLine
}

/** The action that goes to a place. @param where completes "Go to" @param also other words that people look for it by */
export const goTo = (name: string, where: string, key: string, also?: string): Action => ({
  id: `go.${name}`,
  name: `Go to ${where}`,
  group: 'Go to',
  keys: [key],
  ...(also === undefined ? {} : { also }),
})

/** All that the window knows of a screen before it is shown: routes, sidebar, palette, keys and titles read nothing else. */
export type Screen = {
  readonly path: string
  readonly title: string | undefined
  readonly navItems: readonly NavItem[]
  /** Code to fetch soon after the first paint. */
  readonly code: { readonly preload: () => Promise<void> } | undefined
  readonly draw: (params: Readonly<Record<string, string | undefined>>, search: URLSearchParams) => ReactNode
}

type Declared<Path extends string, Props extends object> = {
  /** As the router reads it: `/issue/:key`. */
  readonly path: Path
  /** What its header, the window's title and the sidebar call it. Left out where that depends on what is shown. */
  readonly title?: string
  readonly navItems?: readonly NavItem[]
  /** The page's input from its address. */
  readonly input?: (params: StringRouteParams<Path>, search: URLSearchParams) => Props
} & (
  | { readonly load: () => Promise<ComponentType<Props>> }
  /** For what the window opens with. */
  | { readonly page: ComponentType<Props> }
)

/** The title of the screen that is shown. */
export const ScreenTitle = createContext<string | undefined>(undefined)

/** A screen as its folder declares it; `screens/screens.ts` lists them. */
export function screen<const Path extends string, Props extends object>(
  declared: Declared<Path, Props>,
): Screen {
  const { path, title, navItems = [], input = () => ({}) as Props } = declared
  const lazy: Preloadable<Props> | undefined = 'load' in declared ? preloadable(declared.load) : undefined
  const Page: ComponentType<Props> = 'page' in declared ? declared.page : (lazy as Preloadable<Props>)
  return {
    path,
    title,
    navItems,
    code: lazy,
    draw: (params, search) => (
      <ScreenTitle value={title}>
        <Page {...input(params as StringRouteParams<Path>, search)} />
      </ScreenTitle>
    ),
  }
}
