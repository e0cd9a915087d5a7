// Sends facts, one JSON object a line on standard input: {"topic": "card-events", "value": {...}}
//
//   node produce.js --brokers HOST:PORT --schemas DIR < ../facts.jsonl
//
// Ends with 0 when the brokers have acknowledged all of them. After any other end send the same lines again, with the
// same --epoch: ids and numbers are the same, so nothing counts twice.
'use strict'

const readline = require('node:readline')
const { parseArgs } = require('node:util')
const { Kafka, Partitioners, logLevel } = require('kafkajs')
const { schemas, Numbers } = require('./contract')

const { values: args } = parseArgs({
  options: {
    brokers: { type: 'string' },
    prefix: { type: 'string', default: 'tilsyn.' },
    schemas: { type: 'string' },
    epoch: { type: 'string', default: String(Date.now()) }
  }
})

async function main () {
  const byTopic = schemas(args.schemas)
  const numbers = new Numbers(Number(args.epoch))
  const kafka = new Kafka({ clientId: 'example', brokers: args.brokers.split(','), logLevel: logLevel.ERROR })
  const producer = kafka.producer({
    idempotent: true, // acks=all, and no duplicates from retries
    createPartitioner: Partitioners.DefaultPartitioner // murmur2 of the key, as the Java client
  })
  await producer.connect()
  let waiting = []
  const flush = async () => {
    if (waiting.length) await producer.sendBatch({ acks: -1, topicMessages: waiting })
    waiting = []
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { topic, value } = JSON.parse(line)
    const schema = byTopic[topic]
    const record = schema.fromJSON(value)
    numbers.add(topic, record)
    if (topic === 'heartbeats') await flush() // a heartbeat promises that everything before it was produced
    const message = { key: schema.key(record), value: schema.encode(record), timestamp: String(record.received_at) }
    waiting.push({ topic: args.prefix + topic, messages: [message] })
    if (waiting.length >= 500) await flush()
  }
  await flush()
  await producer.disconnect()
}

main().catch(error => {
  console.error(error.message)
  process.exitCode = 1
})
