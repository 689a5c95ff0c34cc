import { createSubscriber } from 'svelte/reactivity'

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** Milliseconds since the epoch; what reads it is drawn again each second. */
export function now(): number {
  subscribe()
  return Date.now()
}
