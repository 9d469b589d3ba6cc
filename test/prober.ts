// An independent prober: a process of its own with raw sockets, that asks the Sentinels who the primary is and writes
// there, every 2 ms. Shares no code with what it checks. Its clock is CLOCK_MONOTONIC, as everybody's here.
//   node test/prober.ts <ways as JSON> [key]
// where ways = { sentinels: [{ host, port }], nodes: { "<announced host>:<port>": { host, port } } }: how to get to what
// the Sentinels name. A node that is not in there is reached at the address that they say. With `enter: { redis, sentinel }`,
// each { tls: { ca, cert, key }, user, passwordIn }, it is let in by TLS files and a password in an environment variable.
// Prints `ready` after the first ok; at the end of its stdin, one line of JSON with every gap over 50 ms.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

interface Address {
  readonly host: string;
  readonly port: number;
}
interface Ways {
  readonly sentinels: readonly Address[];
  readonly nodes?: Readonly<Record<string, Address>>;
  readonly enter?: Readonly<Record<'redis' | 'sentinel', Entering>>;
}
interface Entering {
  readonly tls?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly passwordIn?: string;
}
interface Ok {
  readonly sentNs: bigint;
  readonly settledNs: bigint;
}

const everyMs = 2;
const gapNs = 50_000_000n;
const { sentinels, nodes = {}, enter } = JSON.parse(process.argv[2] ?? '') as Ways;
const key = process.argv[3] ?? 'prober';

const votes = new Map<Address, string>();
/** Service was gone by the one moment, and still at the other. */
interface Gone {
  readonly byNs: bigint;
  readonly stillNs: bigint;
}

const gaps: ({ readonly last: Ok; readonly first: Ok } & Partial<Gone>)[] = [];
let gone: Gone | undefined;
let primary: string | undefined;
let lastOk: Ok | undefined;

function count(): void {
  for (const node of new Set(votes.values())) {
    const named = [...votes.values()].filter((vote) => vote === node).length;
    if (named * 2 <= sentinels.length || node === primary) continue;
    primary = node;
    // What hangs to the end was not served from its sending on.
    if (waiting) absent({ byNs: sentNs, stillNs: process.hrtime.bigint() });
    writer?.destroy();
    writer = undefined;
  }
}

/** `onEntered` once the first command may be written. */
function open(address: Address, how: Entering | undefined, onEntered: (socket: Socket) => void): Socket {
  const tls = Object.fromEntries(Object.entries(how?.tls ?? {}).map(([name, file]) => [name, readFileSync(file)]));
  const socket: Socket = how?.tls === undefined ? connect(address) : connectTls({ ...address, ...tls });
  socket.setNoDelay(true);
  socket.once(how?.tls === undefined ? 'connect' : 'secureConnect', () => {
    if (how?.passwordIn === undefined) {
      onEntered(socket);
      return;
    }
    socket.once('data', () => onEntered(socket));
    socket.write(`AUTH ${how.user} ${process.env[how.passwordIn]}\r\n`);
  });
  return socket;
}

function askSentinel(sentinel: Address): void {
  const socket = open(sentinel, enter?.sentinel, () => {
    const ask = (): boolean => socket.write('SENTINEL GET-MASTER-ADDR-BY-NAME mymaster\r\n');
    socket.on('data', (data) => {
      const [, host, port] = /\$\d+\r\n(.+)\r\n\$\d+\r\n(\d+)\r\n$/.exec(data.toString()) ?? [];
      if (host !== undefined) votes.set(sentinel, `${host}:${port}`);
      count();
      setTimeout(ask, everyMs);
    });
    ask();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    votes.delete(sentinel);
    setTimeout(askSentinel, everyMs, sentinel);
  });
}

let writer: Socket | undefined;
let entered: Socket | undefined;
let sentNs = 0n;
let waiting = false;

function openWriter(node: string): Socket {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(node) ?? [];
  const socket = open(nodes[node] ?? { host, port: Number(port) }, enter?.redis, () => {
    entered = socket;
    socket.on('data', (data) => {
      if (socket !== writer) return;
      waiting = false;
      const settledNs = process.hrtime.bigint();
      if (data.toString() === '+OK\r\n') ok({ sentNs, settledNs });
      else absent({ byNs: settledNs, stillNs: sentNs });
    });
  });
  waiting = false;
  sentNs = process.hrtime.bigint();
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
  if (primary !== undefined) writer ??= openWriter(primary);
  if (writer === undefined || waiting || writer !== entered || writer.readyState !== 'open') return;
  waiting = true;
  sentNs = process.hrtime.bigint();
  writer.write(`SET ${key} 1\r\n`);
}

for (const sentinel of sentinels) askSentinel(sentinel);
setInterval(write, everyMs);
process.stdin.resume().on('end', () => {
  const text = JSON.stringify(gaps, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`, () => process.exit(0));
});
