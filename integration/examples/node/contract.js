// Records of the contract as bytes: Avro by the .avsc files, in single-object frames, under their keys.
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const avro = require('avsc')

// CRC-64-AVRO of a schema's Parsing Canonical Form, little endian as on the wire.
const EMPTY = 0xc15d213aa4d7a795n
function fingerprint (text) {
  let crc = EMPTY
  for (const byte of Buffer.from(text)) {
    let low = (crc ^ BigInt(byte)) & 0xffn
    for (let i = 0; i < 8; i++) low = (low >> 1n) ^ (EMPTY & -(low & 1n) & 0xffffffffffffffffn)
    crc = (crc >> 8n) ^ low
  }
  const out = Buffer.alloc(8)
  out.writeBigUInt64LE(crc)
  return out
}

// number converts a value of the JSON form: times to milliseconds, dates to days since 1970.
function number (type, value) {
  if (Array.isArray(type)) type = type.find(t => t !== 'null')
  if (value === null || value === undefined) return null
  if (type.logicalType === 'timestamp-millis') return Date.parse(value)
  if (type.logicalType === 'date') return Date.parse(value) / 86_400_000
  return value
}

class Schema {
  constructor (file) {
    this.raw = JSON.parse(fs.readFileSync(file, 'utf8'))
    this.topic = this.raw.topic
    this.keys = (this.raw.key || '').match(/\w+_id/g) || []
    this.type = avro.Type.forSchema(this.raw)
    this.frame = Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint(JSON.stringify(this.type.schema()))])
  }

  // The first of the fields that the schema names as key which has a value.
  key (record) {
    return Buffer.from(record[this.keys.find(name => record[name])])
  }

  encode (record) {
    return Buffer.concat([this.frame, this.type.toBuffer(record)])
  }

  // A field that is left out gets its default, or null.
  fromJSON (value) {
    const record = {}
    for (const field of this.raw.fields) {
      if (field.name in value || !('default' in field)) record[field.name] = number(field.type, value[field.name])
    }
    return record
  }
}

function schemas (directory) {
  const found = fs.readdirSync(directory).filter(f => f.endsWith('.avsc')).map(f => new Schema(path.join(directory, f)))
  return Object.fromEntries(found.filter(s => s.topic).map(s => [s.topic, s]))
}

// Numbers numbers the rows of each device from 1, in one epoch. A real source keeps epoch and last numbers on disk,
// flushed before a row is sent, and raises the epoch whenever they may have been set back: state lost, backup
// restored, another machine took over.
class Numbers {
  constructor (epoch) {
    this.epoch = epoch
    this.last = {}
  }

  add (topic, record) {
    if (topic === 'card-events') {
      this.last[record.device_id] = (this.last[record.device_id] || 0) + 1
      Object.assign(record, { source_seq: this.last[record.device_id], source_epoch: this.epoch })
    } else if (topic === 'heartbeats' && !record.source_id.startsWith('feed:')) {
      Object.assign(record, { last_seq: this.last[record.source_id] || 0, source_epoch: this.epoch })
    }
  }
}

module.exports = { schemas, Numbers }
