import type { Code, Commands, EdgeError, Events } from './generated'

export type CommandName = keyof Commands
export type EventName = keyof Events

type Arguments<N extends CommandName> = Commands[N]['args'] extends Record<string, never>
  ? []
  : [args: Commands[N]['args']]

/** What the page asks of the application around it. */
export interface Host {
  /** Rejects with a `HostError` and nothing else. */
  call<N extends CommandName>(name: N, ...args: Arguments<N>): Promise<Commands[N]['result']>
  /** Resolves, once no event can be missed any more, to the function that ends it. */
  on<N extends EventName>(name: N, handler: (payload: Events[N]) => void): Promise<() => void>
}

export class HostError extends Error implements EdgeError {
  readonly code: Code
  readonly retryable: boolean
  readonly request_id: string | null
  readonly details: Record<string, unknown>

  constructor(error: EdgeError) {
    super(error.message)
    this.name = 'HostError'
    this.code = error.code
    this.retryable = error.retryable
    this.request_id = error.request_id
    this.details = error.details
  }

  /** Whatever was thrown, as an error that has a code. */
  static from(thrown: unknown): HostError {
    if (thrown instanceof HostError) return thrown
    if (isEdgeError(thrown)) return new HostError(thrown)
    return new HostError({
      code: 'internal',
      message: thrown instanceof Error ? thrown.message : String(thrown),
      retryable: false,
      request_id: null,
      details: {},
    })
  }
}

function isEdgeError(value: unknown): value is EdgeError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
