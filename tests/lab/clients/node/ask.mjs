// ioredis and node-redis as a stranger would use them: TLS with a CA file, and a PING, at each
// target of the file. One line of JSON for each: whether TLS came about, and otherwise what the
// library said.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.PACKAGES)
const libraries = { ioredis, node_redis }
const [, , library, file] = process.argv
const targets = JSON.parse(readFileSync(file, 'utf8'))

async function ioredis({ host, port, setting, patience }) {
  const { Redis } = require('ioredis')
  const client = new Redis({
    host,
    port,
    ...setting,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: patience * 1000,
    commandTimeout: patience * 1000,
  })
  // What went wrong is told here; the command only says that the connection is closed.
  let first
  client.on('error', (error) => (first ??= error))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    throw first ?? error
  } finally {
    client.disconnect()
  }
}

async function node_redis({ host, port, setting, patience }) {
  const { createClient } = require('redis')
  const more = { host, port, reconnectStrategy: false, connectTimeout: patience * 1000 }
  const client = createClient({ socket: { ...more, ...setting.socket }, RESP: 2 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.destroy()
  }
}

/** Everything but what the server answers. */
const ofTls = (error) => !/^[A-Z]+ /.test(error.message)

async function ask(target) {
  // The report shows it as it stands in a program.
  const setting = eval(`({${target.setting}})`)
  const answer = { id: target.id, connects: true, message: '' }
  const late = new Error('no answer')
  let timer
  const patience = new Promise((_, reject) => (timer = setTimeout(reject, target.patience * 1000, late)))
  try {
    await Promise.race([libraries[library]({ ...target, setting }), patience])
  } catch (error) {
    answer.connects = !ofTls(error)
    answer.message = error.message
  }
  clearTimeout(timer)
  console.log(JSON.stringify(answer))
}

async function work() {
  for (let target = targets.shift(); target; target = targets.shift()) await ask(target)
}

require(library === 'ioredis' ? 'ioredis' : 'redis')
await Promise.all(Array.from({ length: 8 }, work))
process.exit(0)
