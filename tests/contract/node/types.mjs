// Requests and answers against the types that the SDK declares, by the TypeScript compiler: a
// field that is not declared, one that is missing and one of another type are each an error.

import { createRequire } from 'node:module'
import path from 'node:path'

const packages = path.dirname(process.env.PACKAGES)
const require = createRequire(process.env.PACKAGES)
const ts = require('typescript')

const MODELS = {
  redis: 'redis/v20180412/redis_models',
  region: 'region/v20220627/region_models',
  sts: 'sts/v20180813/sts_models',
}
/** In the published example of `DescribeInstances` and in no type. */
const UNDECLARED = 'ApplicationVersion'

/** What does not fit, a line each. */
export function misfits(exchanges) {
  const services = path.join(packages, 'node_modules/tencentcloud-sdk-nodejs/tencentcloud/services')
  const imports = Object.entries(MODELS).map(([product, models]) => `import type * as ${product} from ${JSON.stringify(path.join(services, models))}`)
  const types = exchanges.flatMap(({ product, action }) => [request(product, action), `${product}.${action}Response`])
  const values = exchanges.flatMap(({ parameters, answer }) => [parameters, answer])
  const checks = types.map((type, at) => `void (${literal(values[at])} satisfies ${type})`)
  const program = compiled([...imports, ...checks].join('\n'))
  const lines = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const { line } = file.getLineAndCharacterOfPosition(start)
    return `${types[line - imports.length]}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
  return [...new Set(lines)]
}

/** The type of a request without parameters is `null`, which leaves as an empty object. */
function request(product, action) {
  const type = `${product}.${action}Request`
  return `(${type} extends null ? Record<string, never> : ${type})`
}

function literal(value) {
  return JSON.stringify(value, (key, field) => (key === UNDECLARED ? undefined : field))
}

function compiled(text) {
  // Which fields may be null stands in the comments of the types and not in the types.
  const options = { noEmit: true, strict: true, strictNullChecks: false, skipLibCheck: true, types: [] }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  const file = path.join(packages, 'exchanges.ts')
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, text, version) : getSourceFile(name, version, ...rest)
  return ts.createProgram([file], options, host)
}
