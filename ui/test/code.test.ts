import { expect, it } from 'vitest'
import { lines } from '../src/model/code'

const kinds = (code: string, file: string) => lines(code, file).map((line) => line.filter((piece) => piece.kind !== 'text').map((piece) => `${piece.kind} ${piece.text}`))

it('loses nothing of a program', () => {
  const code = 'import os\n\n  password="a\\"#b" + x,  # why\nlast // no comment here\n'
  for (const file of ['a.py', 'a.go', 'a.properties', 'a.sh']) {
    const text = lines(code, file).map((line) => line.map((piece) => piece.text).join('')).join('\n')
    expect(`${text}\n`).toBe(code)
  }
})

it('tells strings, comments and keywords apart', () => {
  expect(kinds('import os # why "so"', 'a.py')).toEqual([['keyword import', 'comment # why "so"']])
  expect(kinds('url = "rediss://10.0.0.7" // why', 'a.rs')).toEqual([['string "rediss://10.0.0.7"', 'comment // why']])
  expect(kinds("a.password='x#y'", 'a.properties')).toEqual([[]])
  expect(kinds('ca: "a#b" /* c */', 'a.c')).toEqual([['string "a#b"', 'comment /* c */']])
})
