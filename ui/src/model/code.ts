/** A part of a line of code, by what it is. */
export interface Piece {
  kind: 'text' | 'string' | 'keyword' | 'comment'
  text: string
}

const words = [
  'async await break catch char class const continue def defer else end false False final finally fn for from func function if import in int let',
  'main match mut new nil null None package private public puts require return static struct throws true True try use using var void',
].join('|').replaceAll(' ', '|')

/** Strings, comments and the usual keywords; `#` begins a comment only where the language has it. */
function pattern(fileName: string): RegExp {
  const hashes = /\.(sh|py|rb|properties)$/.test(fileName)
  const comment = hashes ? '(?<=^|\\s)#.*' : '//(?=\\s).*|/\\*.*?\\*/'
  // A value of a property has no quotes, so a quote in it begins nothing.
  const text = fileName.endsWith('.properties') ? '(?!)' : `"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'`
  return new RegExp(`(?<string>${text})|(?<comment>${comment})|(?<keyword>\\b(?:${words})\\b)`, 'g')
}

/** The lines of a program in their colours. Nothing is lost: the pieces together are the line. */
export function lines(code: string, fileName: string): Piece[][] {
  const coloured = pattern(fileName)
  return code.replace(/\n$/, '').split('\n').map((line) => pieces(line, coloured))
}

function pieces(line: string, coloured: RegExp): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const match of line.matchAll(coloured)) {
    if (match.index > at) found.push({ kind: 'text', text: line.slice(at, match.index) })
    const kind = match.groups?.string ? 'string' : match.groups?.comment ? 'comment' : 'keyword'
    found.push({ kind, text: match[0] })
    at = match.index + match[0].length
  }
  if (at < line.length) found.push({ kind: 'text', text: line.slice(at) })
  return found
}
