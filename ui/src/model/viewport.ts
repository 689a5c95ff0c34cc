/** Pixels; the style sheet says the same. */
export const ROW_HEIGHT = 28

const OVERSCAN = 6
/** Up to here every row is drawn. */
const WINDOWED_FROM = 200
/** Until the element is measured. */
const ASSUMED_HEIGHT = 800

export interface Slice {
  from: number
  to: number
  /** Pixels left out above and below. */
  before: number
  after: number
}

/** The rows of a long list that are drawn. */
export function slice(count: number, scrollTop: number, height: number): Slice {
  if (count <= WINDOWED_FROM) return { from: 0, to: count, before: 0, after: 0 }
  const first = Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN
  const visible = Math.ceil((height || ASSUMED_HEIGHT) / ROW_HEIGHT) + 2 * OVERSCAN
  const from = Math.min(Math.max(0, first), Math.max(0, count - visible))
  const to = Math.min(count, from + visible)
  return { from, to, before: from * ROW_HEIGHT, after: (count - to) * ROW_HEIGHT }
}

/** The rows that are seen. */
export function seen(count: number, scrollTop: number, height: number): { from: number; to: number } {
  const from = Math.min(count, Math.floor(scrollTop / ROW_HEIGHT))
  return { from, to: Math.min(count, from + Math.ceil((height || ASSUMED_HEIGHT) / ROW_HEIGHT)) }
}

/** Where to scroll so that a row is seen below the head, moving as little as possible. */
export function toShow(index: number, scrollTop: number, height: number): number {
  const top = index * ROW_HEIGHT
  if (top < scrollTop) return top
  const bottom = top + 2 * ROW_HEIGHT
  return bottom > scrollTop + height ? bottom - height : scrollTop
}
