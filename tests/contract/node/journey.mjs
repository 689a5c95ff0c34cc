// The vendor's Node.js SDK over https: the path of `journey.py`, then every other action that
// RediSeal uses. The SDK's own types judge each request and each answer.

import assert from 'node:assert/strict'
import https from 'node:https'
import { createRequire } from 'node:module'
import path from 'node:path'
import tls from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'

import { misfits } from './types.mjs'

const require = createRequire(process.env.PACKAGES)
const { unzipSync } = require('fflate')
const Refused = require('tencentcloud-sdk-nodejs/tencentcloud/common/exception/tencent_cloud_sdk_exception.js').default
const { CommonClient } = require('tencentcloud-sdk-nodejs/tencentcloud/common/common_client.js')
const clients = {
  redis: require('tencentcloud-sdk-nodejs/tencentcloud/services/redis/v20180412/redis_client.js').Client,
  region: require('tencentcloud-sdk-nodejs/tencentcloud/services/region/v20220627/region_client.js').Client,
  sts: require('tencentcloud-sdk-nodejs/tencentcloud/services/sts/v20180813/sts_client.js').Client,
}

const SANDBOX = JSON.parse(process.env.SANDBOX)
const ACTIONS = JSON.parse(process.env.ACTIONS)
const KEY = { secretId: SANDBOX.secret_id, secretKey: SANDBOX.secret_key }
const PORT = Number(new URL(SANDBOX.https_endpoint).port)
const DEADLINE = 60_000
const GUANGZHOU = 'ap-guangzhou'
/** On the vendor's pages and in none of its tools yet. */
const NEWER = ['ModifySSLEncryptionMode', 'UpdateSSLCert']

/**
 * Every host is the sandbox. The SDK signs the host without its port and for the service that the
 * host's first label names, so it has to believe in its own endpoints on 443.
 */
const agent = new https.Agent({ keepAlive: true })
agent.createConnection = (options) => tls.connect({ ...options, host: '127.0.0.1', port: PORT, servername: 'localhost' })
const exchanges = []

async function call(action, region, parameters, { product = 'redis', credential = KEY } = {}) {
  const profile = { language: 'en-US', httpProfile: { agent, reqTimeout: 30 } }
  const client = NEWER.includes(action)
    ? new CommonClient('redis.tencentcloudapi.com', '2018-04-12', { credential, region, profile })
    : new clients[product]({ credential, region, profile })
  const answer = await (NEWER.includes(action) ? client.request(action, parameters) : client[action](parameters))
  assert.ok(answer.RequestId, `${action} has a RequestId`)
  exchanges.push({ product, action, parameters, answer })
  return answer
}

async function refused(code, what, ...request) {
  await assert.rejects(call(...request), (error) => {
    assert.ok(error instanceof Refused, `${what}: ${error}`)
    assert.equal(error.code, code, what)
    assert.ok(error.requestId && error.message, what)
    return true
  })
  ok(`${what}: ${code}`)
}

function ok(what) {
  console.log('ok  ', what)
}

async function listInstances() {
  const { RegionSet } = await call('DescribeRegions', GUANGZHOU, { Product: 'redis' }, { product: 'region' })
  const regions = RegionSet.map(({ Region }) => Region)
  assert.deepEqual(regions, SANDBOX.regions)
  const instances = []
  for (const region of regions) {
    const Limit = 10
    for (let Offset = 0, total = 1; Offset < total; Offset += Limit) {
      const page = await call('DescribeInstances', region, { Limit, Offset })
      total = page.TotalCount
      instances.push(...page.InstanceSet)
    }
  }
  const ids = new Set(instances.map(({ InstanceId }) => InstanceId))
  assert.ok(ids.size === instances.length && ids.size >= 24)
  ok(`${ids.size} instances in ${regions.length} regions`)
  return instances
}

const sslStatus = ({ InstanceId, Region }) => call('DescribeSSLStatus', Region, { InstanceId })

/** An instance on which SSL is off and can be turned on with a task to follow. */
async function firstReady(instances) {
  for (const instance of instances) {
    const [major, minor] = (instance.CurrentProxyVersion || '0.0').split('.').map(Number)
    if (instance.Status !== 2 || instance.NoAuth || major < 5 || (major === 5 && minor < 6)) continue
    const status = await sslStatus(instance)
    if (status.FeatureSupport && !status.SSLConfig && status.Status === 2) {
      assert.ok(status.CertDownloadUrl)
      return instance
    }
  }
  assert.fail('no instance is ready for SSL')
}

async function until(what, look) {
  const end = Date.now() + DEADLINE
  for (;;) {
    const seen = await look()
    if (seen) return seen
    assert.ok(Date.now() < end, what)
    await sleep(100)
  }
}

/** Follows a task to its end. */
async function succeeded(action, region, task) {
  assert.ok(task > 0, `${action} has a task`)
  await until(`${action}: its end`, async () => {
    const { Status } = await call('DescribeTaskInfo', region, { TaskId: task })
    assert.ok(['preparing', 'running', 'succeed'].includes(Status), Status)
    return Status === 'succeed'
  })
  ok(`${action}: task ${task} succeeded`)
}

/** Changes an instance, and gives how its SSL stands when nothing runs on it any more. */
async function change(action, instance, parameters = {}) {
  const { InstanceId, Region } = instance
  const { TaskId } = await call(action, Region, { InstanceId, ...parameters })
  await succeeded(action, Region, TaskId)
  return until(`${action}: an idle instance`, async () => {
    const { InstanceSet } = await call('DescribeInstances', Region, { InstanceId })
    const status = await sslStatus(instance)
    return InstanceSet[0].Status === 2 && status.Status === 2 ? status : null
  })
}

async function authority(instance) {
  const { CertDownloadUrl } = await sslStatus(instance)
  const answer = await fetch(CertDownloadUrl)
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()))
  const name = Object.keys(files).find((name) => path.basename(name) === 'ca.pem')
  ok(`the archive has ${Object.keys(files).join(', ')}`)
  return Buffer.from(files[name])
}

/** What a verified connection says to PING. */
function ping({ WanIp, Port }, options) {
  return new Promise((resolve, reject) => {
    const stream = tls.connect({ host: WanIp, port: Port, ...options }, () => stream.write('PING\r\n'))
    stream.setTimeout(DEADLINE, () => stream.destroy(new Error('no answer')))
    stream.on('data', (bytes) => {
      resolve({ protocol: stream.getProtocol(), names: stream.getPeerCertificate().subjectaltname, said: String(bytes) })
      stream.destroy()
    })
    stream.on('error', reject)
  })
}

async function walk() {
  const instance = await firstReady(await listInstances())
  const on = await change('OpenSSL', instance, { AddressType: 1 })
  assert.deepEqual([on.SSLConfig, on.AddressType, on.EncryptAddress], [true, 1, instance.WanIp])
  const ca = await authority(instance)
  const live = await ping(instance, { ca })
  assert.equal(live.names, `IP Address:${instance.WanIp}`)
  ok(`${live.protocol} with ${instance.WanIp}:${instance.Port}, chain and name verified by ca.pem`)
  await assert.rejects(ping(instance, {}), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })

  await change('ModifySSLEncryptionMode', instance, { EncryptionMode: 'required' })
  await change('UpdateSSLCert', instance, { SSLMinVersion: 'TLSv1.3' })
  assert.equal((await ping(instance, { ca })).protocol, 'TLSv1.3')
  assert.equal((await change('CloseSSL', instance)).SSLConfig, false)
  await assert.rejects(ping(instance, { ca }))
  ok('SSL is off')

  const { Tasks } = await call('DescribeTaskList', instance.Region, { InstanceId: instance.InstanceId, Limit: 20 })
  assert.ok(Tasks.length >= 4 && Tasks.every(({ Result }) => Result === 2))
  await change('ResetPassword', instance, { Password: 'Correct-horse1', NoAuth: false })
  const { StartTime, EndTime } = await call('DescribeMaintenanceWindow', instance.Region, { InstanceId: instance.InstanceId })
  ok(`the maintenance window is ${StartTime} to ${EndTime}`)
}

async function upgrades() {
  const proxy = { InstanceId: 'crs-81zzc9hn', CurrentProxyVersion: '5.5.0', UpgradeProxyVersion: '5.8.20', InstanceTypeUpgradeNow: 1 }
  await succeeded('UpgradeProxyVersion', GUANGZHOU, (await call('UpgradeProxyVersion', GUANGZHOU, proxy)).FlowId)
  const kernel = { InstanceId: 'crs-k2r6jw4z', CurrentRedisVersion: '7.0.9', UpgradeRedisVersion: '7.0.15', InstanceTypeUpgradeNow: 1 }
  const flow = await call('UpgradeSmallVersion', 'na-siliconvalley', kernel)
  await succeeded('UpgradeSmallVersion', 'na-siliconvalley', flow.FlowId)
  const engine = { InstanceId: 'crs-z1c4fa9t', TargetInstanceType: '6', SwitchOption: 2 }
  const { DealName } = await call('UpgradeInstanceVersion', GUANGZHOU, engine)
  const { DealDetails } = await call('DescribeInstanceDealDetail', GUANGZHOU, { DealName })
  assert.equal(DealDetails[0].DealName, DealName)
  ok(`order ${DealName}`)
}

async function refusals() {
  const whoami = ['GetCallerIdentity', GUANGZHOU, {}]
  const status = ['DescribeSSLStatus', SANDBOX.regions[0]]
  const { secret_id: secretId, secret_key: secretKey, token } = SANDBOX.temporary
  const as = (credential) => ({ product: 'sts', credential })
  assert.ok((await call(...whoami, as(KEY))).Arn)
  assert.ok((await call(...whoami, as({ secretId, secretKey, token }))).Arn)
  ok('a permanent key, and a temporary one with its token')
  await refused('AuthFailure.SignatureFailure', 'a wrong SecretKey', ...whoami, as({ ...KEY, secretKey: 'wrong' }))
  await refused('AuthFailure.SecretIdNotFound', 'an unknown SecretId', ...whoami, as({ ...KEY, secretId: 'AKIDunknown' }))
  await refused('AuthFailure.TokenFailure', 'a wrong token', ...whoami, as({ secretId, secretKey, token: 'wrong' }))
  await refused('UnknownParameter', 'an unknown parameter', ...status, { InstanceId: 'crs-0', Nonsense: 1 })
  await refused('MissingParameter', 'no InstanceId', ...status, {})
  await refused('ResourceNotFound.InstanceNotExists', 'no such instance', ...status, { InstanceId: 'crs-00000000' })
}

await walk()
await upgrades()
await refusals()
const called = [...new Set(exchanges.map(({ action }) => action))].sort()
assert.deepEqual(called, [...ACTIONS].sort(), 'an action that was not called')
const typed = exchanges.filter(({ action }) => !NEWER.includes(action))
assert.deepEqual(misfits(typed), [])
ok(`${typed.length} requests and answers are of the SDK's types`)
agent.destroy()
