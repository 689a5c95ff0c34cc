/** How many characters two names share at their start, cut at a dot or colon so that whole parts differ. */
export function commonPrefix(a: string, b: string): number {
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1
  const boundary = Math.max(a.lastIndexOf('.', same - 1), a.lastIndexOf(':', same - 1)) + 1
  return boundary
}
