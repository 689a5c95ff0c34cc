/** The vendor's rule of ResetPassword: 8 to 32 characters, no leading slash, two classes or more. */
export function passwordProblem(password: string): 'length' | 'slash' | 'classes' | null {
  if (password.length < 8 || password.length > 32) return 'length'
  if (password.startsWith('/')) return 'slash'
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  return classes < 2 ? 'classes' : null
}
