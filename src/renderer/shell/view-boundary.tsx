import { Component, type ReactNode } from 'react'
import { ErrorState } from '../ui/page/view-state.tsx'

/** Keeps a broken view from taking the window with it. */
export class ViewBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        what="This view stopped working; nothing was lost"
        error={this.state.error}
        onRetry={() => this.setState({ error: null })}
      />
    )
  }
}
