// An independent prober: a process of its own with raw sockets and bytes of its own, that asks every broker who leads a
// partition, every 10 ms, and writes there, every 4 ms. Shares no code with what it checks. Its clock is CLOCK_MONOTONIC.
//   node test/kafka-prober.ts <ways as JSON>
// where ways = { brokers: [{ host, port }], nodes: { "<announced host>:<port>": { host, port } }, topic, partition, acks }:
// how to get to what the brokers announce. One that is not in there is reached at the address that it announces.
// Prints `ready` after the first ok; at the end of its stdin, one line of JSON with every gap over 50 ms.
import { connect, type Socket } from 'node:net';

interface Address {
  readonly host: string;
  readonly port: number;
}
interface Ways {
  readonly brokers: readonly Address[];
  readonly nodes?: Readonly<Record<string, Address>>;
  readonly topic: string;
  readonly partition: number;
  readonly acks: number;
}
interface Ok {
  readonly sentNs: bigint;
  readonly settledNs: bigint;
}
/** Service was gone by the one moment, and still at the other. */
interface Gone {
  readonly byNs: bigint;
  readonly stillNs: bigint;
}

const [writeEveryMs, askEveryMs] = [4, 10];
const gapNs = 50_000_000n;
const { brokers, nodes = {}, topic, partition, acks } = JSON.parse(process.argv[2] ?? '') as Ways;

// ---- bytes ----------------------------------------------------------------------------------------------------------

const int8 = (value: number): Buffer => Buffer.from([value & 0xff]);
const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const int32 = (value: number): Buffer => Buffer.from([value >> 24, value >> 16, value >> 8, value]);
const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
/** Of numbers up to 63, in Kafka's zigzag. */
const varint = (value: number): Buffer => int8(value < 0 ? -2 * value - 1 : 2 * value);
const string = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const sized = (...parts: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([int32(bytes.length), bytes]);
};

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

function request(key: number, version: number, ...body: readonly Buffer[]): Buffer {
  return sized(int16(key), int16(version), int32(0), string('prober'), ...body);
}

/** Metadata, version 7: the first one with leader epochs. */
const metadataRequest = request(3, 7, int32(1), string(topic), int8(0));

/** Produce, version 3, of a batch (magic 2) of one record without a key. */
function produceRequest(): Buffer {
  const value = Buffer.from('prober');
  const record = [int8(0), varint(0), varint(0), varint(-1), varint(value.length), value, varint(0)];
  const length = Buffer.concat(record).length;
  const now = int64(BigInt(Date.now()));
  const nobody = [int64(-1n), int16(-1), int32(-1)];
  const hashed = Buffer.concat([int16(0), int32(0), now, now, ...nobody, int32(1), varint(length), ...record]);
  const batch = Buffer.concat([int64(0n), sized(int32(-1), int8(2), int32(crc32c(hashed)), hashed)]);
  const data = [int32(1), string(topic), int32(1), int32(partition), sized(batch)];
  return request(0, 3, int16(-1), int16(acks), int32(60_000), ...data);
}

/** Reads an answer from behind its size and correlation id. */
function reader(bytes: Buffer): { int8(): number; int16(): number; int32(): number; string(): string; ints(): void } {
  let at = 8;
  const take = (size: number): number => {
    at += size;
    return at - size;
  };
  const own = {
    int8: () => bytes.readInt8(take(1)),
    int16: () => bytes.readInt16BE(take(2)),
    int32: () => bytes.readInt32BE(take(4)),
    string: () => {
      const size = Math.max(0, own.int16());
      const from = take(size);
      return bytes.toString('utf8', from, from + size);
    },
    ints: () => void take(4 * own.int32()),
  };
  return own;
}

function readMetadata(bytes: Buffer): { readonly leader: string | undefined; readonly epoch: number } {
  const from = reader(bytes);
  from.int32();
  const announced = new Map<number, string>();
  for (let left = from.int32(); left > 0; left--) {
    const id = from.int32();
    announced.set(id, `${from.string()}:${from.int32()}`);
    from.string();
  }
  from.string();
  from.int32();
  let found: { leader: string | undefined; epoch: number } = { leader: undefined, epoch: -1 };
  for (let left = from.int32(); left > 0; left--) {
    from.int16();
    from.string();
    from.int8();
    for (let partitions = from.int32(); partitions > 0; partitions--) {
      from.int16();
      const [index, leader, epoch] = [from.int32(), from.int32(), from.int32()];
      for (let lists = 3; lists > 0; lists--) from.ints();
      if (index === partition) found = { leader: announced.get(leader), epoch };
    }
  }
  return found;
}

function readProduced(bytes: Buffer): number {
  const from = reader(bytes);
  from.int32();
  from.string();
  from.int32();
  from.int32();
  return from.int16();
}

/** Calls with each whole answer. */
function onAnswer(socket: Socket, take: (bytes: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    held = Buffer.concat([held, data]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const size = 4 + held.readInt32BE(0);
      take(held.subarray(0, size));
      held = held.subarray(size);
    }
  });
}

// ---- who leads ------------------------------------------------------------------------------------------------------

let leader: string | undefined;
let epoch = -1;

function ask(broker: Address): void {
  const socket = connect({ ...broker, noDelay: true });
  const again = (): boolean => socket.write(metadataRequest);
  socket.on('connect', again);
  onAnswer(socket, (bytes) => {
    const said = readMetadata(bytes);
    if (said.epoch > epoch && said.leader !== undefined) follow(said.leader, said.epoch);
    setTimeout(again, askEveryMs);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(ask, askEveryMs, broker));
}

function follow(node: string, newer: number): void {
  epoch = newer;
  if (node === leader) return;
  leader = node;
  // What hangs to the end was not served from its sending on.
  if (waiting) absent({ byNs: sentNs, stillNs: process.hrtime.bigint() });
  writer?.destroy();
  writer = undefined;
}

// ---- what it serves -------------------------------------------------------------------------------------------------

const gaps: ({ readonly last: Ok; readonly first: Ok } & Partial<Gone>)[] = [];
let gone: Gone | undefined;
let lastOk: Ok | undefined;
let writer: Socket | undefined;
let sentNs = 0n;
let waiting = false;

function openWriter(node: string): Socket {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(node) ?? [];
  const socket = connect({ ...(nodes[node] ?? { host, port: Number(port) }), noDelay: true });
  waiting = false;
  sentNs = process.hrtime.bigint();
  onAnswer(socket, (bytes) => {
    if (socket !== writer) return;
    waiting = false;
    const settledNs = process.hrtime.bigint();
    if (readProduced(bytes) === 0) ok({ sentNs, settledNs });
    else absent({ byNs: settledNs, stillNs: sentNs });
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (socket !== writer) return;
    absent({ byNs: process.hrtime.bigint(), stillNs: sentNs });
    writer = undefined;
  });
  return socket;
}

function ok(now: Ok): void {
  if (lastOk === undefined) process.stdout.write('ready\n');
  else if (now.settledNs - lastOk.settledNs > gapNs) gaps.push({ last: lastOk, first: now, ...gone });
  lastOk = now;
  gone = undefined;
}

/** A refusal proves it for one moment between sending and settling. */
function absent({ byNs, stillNs }: Gone): void {
  gone = { byNs: gone?.byNs ?? byNs, stillNs };
}

function write(): void {
  if (leader !== undefined) writer ??= openWriter(leader);
  if (writer === undefined || waiting || writer.readyState !== 'open') return;
  waiting = true;
  sentNs = process.hrtime.bigint();
  writer.write(produce);
}

const produce = produceRequest();
for (const broker of brokers) ask(broker);
setInterval(write, writeEveryMs);
process.stdin.resume().on('end', () => {
  const text = JSON.stringify(gaps, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`, () => process.exit(0));
});
