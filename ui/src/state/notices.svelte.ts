import { HostError } from '../host/host'

export interface Toast {
  id: number
  text: string
  detail?: string
}

/** What is said over every screen: short confirmations, and failures that no screen shows itself. */
export class Notices {
  toasts = $state.raw<Toast[]>([])
  failure = $state.raw<HostError | null>(null)
  #last = 0

  done(text: string, detail?: string): void {
    this.failure = null
    const toast = { id: ++this.#last, text, detail }
    this.toasts = [...this.toasts.slice(-2), toast]
    setTimeout(() => this.dismiss(toast.id), 6000)
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  /** Closes the failure, else the newest confirmation; false when there was neither. */
  dismissLast(): boolean {
    if (this.failure) {
      this.clear()
      return true
    }
    const any = this.toasts.length > 0
    this.toasts = this.toasts.slice(0, -1)
    return any
  }

  /** Shows a failure; one that the user caused by closing a dialog is none. */
  failed(thrown: unknown): void {
    const error = HostError.from(thrown)
    if (error.code !== 'cancelled') this.failure = error
  }

  clear(): void {
    this.failure = null
  }
}
