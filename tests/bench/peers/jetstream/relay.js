// Fastify takes an event, a JetStream stream keeps it, a consumer posts it on and acknowledges it.
//
//     node relay.js take|deliver      with PORT, SERVER_PORT (of nats-server) and TARGET in the environment
const { connect, headers, AckPolicy } = require('nats')

const kUnderWay = 64, kFetched = 512
const servers = `127.0.0.1:${process.env.SERVER_PORT}`

function eventHeaders(from) {
  const kept = headers()
  kept.set('content-type', from['content-type'])
  for (const name in from) if (name.startsWith('ce-')) kept.set(name, from[name])
  return kept
}

async function take() {
  const stream = (await connect({ servers })).jetstream()
  const fastify = require('fastify')({ logger: false, bodyLimit: 16 << 20 })
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
  fastify.post('/', async (request, reply) => {
    await stream.publish('bench.events', request.body, { headers: eventHeaders(request.headers) })
    reply.code(202).send()
  })
  fastify.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}

async function deliver() {
  const { Pool } = require('undici')
  const target = new Pool(process.env.TARGET, { connections: kUnderWay, pipelining: 1 })
  const nats = await connect({ servers })
  const manager = await nats.jetstreamManager()
  await manager.consumers.add('BENCH', { durable_name: 'pusher', ack_policy: AckPolicy.Explicit, max_ack_pending: 5000 })
  const consumer = await nats.jetstream().consumers.get('BENCH', 'pusher')
  const messages = await consumer.consume({ max_messages: kFetched })
  console.log('delivering')
  const post = async (message) => {
    const sent = {}
    for (const [name, values] of message.headers) sent[name] = values[0]
    const answer = await target.request({ path: '/sink', method: 'POST', headers: sent, body: message.data })
    await answer.body.dump()
    if (answer.statusCode < 300) message.ack()
    else message.nak()
  }
  let underWay = 0, room = null
  for await (const message of messages) {
    post(message).finally(() => { --underWay; if (room) { room(); room = null } })
    if (++underWay >= kUnderWay) await new Promise((resolve) => { room = resolve })
  }
}

if (process.argv[2] === 'take') take()
else deliver()
