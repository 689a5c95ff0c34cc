const files = import.meta.glob<string>('../src/**/*.{svelte,ts}', { eager: true, query: '?raw', import: 'default' })

/** The page's source, a text for each file, without what is generated. */
export const sources: string[] = Object.entries(files)
  .filter(([path]) => !path.endsWith('generated.ts'))
  .map(([, text]) => text)

/** Every string of the source as a pattern: what a template fills in matches one part of a key or class. */
export function literals(): RegExp[] {
  const quoted = sources.flatMap((text) => text.match(/'[^'\n]*'|"[^"\n]*"|`[^`\n]*`/g) ?? []).map((text) => text.slice(1, -1))
  // A text inside a template of its own.
  const nested = sources.flatMap((text) => [...text.matchAll(/\bt\(([`'])(.*?)\1/g)]).map((match) => match[2] ?? '')
  const texts = new Set([...quoted, ...nested])
  return [...texts].filter((text) => /^\w/.test(text)).map((text) => new RegExp(`^${escape(text)}$`))
}

function escape(text: string): string {
  return text
    .split(/\$?\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\w-]+')
}
