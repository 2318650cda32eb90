// What a team would write itself: Fastify takes an event, BullMQ keeps it in Redis, a worker posts it on.
//
//     node relay.js take|deliver      with PORT, SERVER_PORT (of Redis) and TARGET in the environment
const { Queue, Worker } = require('bullmq')

const kUnderWay = 64
const connection = { host: '127.0.0.1', port: Number(process.env.SERVER_PORT), maxRetriesPerRequest: null }

function eventHeaders(headers) {
  const kept = { 'content-type': headers['content-type'] }
  for (const name in headers) if (name.startsWith('ce-')) kept[name] = headers[name]
  return kept
}

function take() {
  const fastify = require('fastify')({ logger: false, bodyLimit: 16 << 20 })
  const jobs = { attempts: 5, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true, removeOnFail: 1000 }
  const queue = new Queue('events', { connection, defaultJobOptions: jobs })
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => done(null, body))
  fastify.post('/', async (request, reply) => {
    await queue.add('event', { headers: eventHeaders(request.headers), body: request.body })
    reply.code(202).send()
  })
  fastify.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}

function deliver() {
  const { Pool } = require('undici')
  const target = new Pool(process.env.TARGET, { connections: kUnderWay, pipelining: 1 })
  const post = async (job) => {
    const answer = await target.request({ path: '/sink', method: 'POST', headers: job.data.headers, body: job.data.body })
    await answer.body.dump()
    if (answer.statusCode >= 300) throw new Error(`status ${answer.statusCode}`)
  }
  const worker = new Worker('events', post, { connection, concurrency: kUnderWay })
  worker.waitUntilReady().then(() => console.log('delivering'))
}

if (process.argv[2] === 'take') take()
else deliver()
