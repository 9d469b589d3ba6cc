// Healing every link of a cluster whose connections were cut while they held requests, and half of whose ends have gone
// since. `npm run bench -- heal [rounds]`

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Link, linkName, PROBE } from '../src/core/node.ts';
import { localRuntime } from '../src/runtimes/local/local.ts';
import { redisSentinel } from '../src/services/redis-sentinel/service.ts';

const spec = { name: 'redis-sentinel', settings: {}, basePort: 6301 };
const nodes = redisSentinel.nodes(spec);
const CLIENT = 'client:writes';
const links: Link[] = [...redisSentinel.links(nodes)];
for (const from of [CLIENT, PROBE]) {
  for (const node of nodes) links.push({ name: linkName(from, node.name), from, to: node.name, listener: node.role });
}
const files = Object.fromEntries(nodes.map((node) => [node.name, redisSentinel.files(node, nodes, spec)]));
const cx = {
  save: async () => undefined,
  onProgress: () => undefined,
  keep: false,
  logsTo: undefined,
  signal: new AbortController().signal,
};
await using cluster = await localRuntime.open(
  { runId: `bench-heal-${process.pid}`, nodes, links, files, clientHosts: [CLIENT] },
  cx,
);
const control = cluster.can('links');
const lifecycle = cluster.can('lifecycle');
if (control === undefined || lifecycle === undefined) throw new Error('the runtime offers no links');

const address = cluster.addresses(CLIENT).rows.find((row) => row.node === 'redis-1')?.address;
if (address === undefined) throw new Error('no way to redis-1');
const names = links.filter((link) => link.from !== PROBE).map((link) => link.name);
const rounds = Number(process.argv[3] ?? 9);
const tookMs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const sockets: Socket[] = [];
  for (let at = 0; at < 20; at++) {
    const socket = connect(address);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    sockets.push(socket);
  }
  await control.cut(names);
  for (const socket of sockets) socket.write('INCR held\r\n'.repeat(100));
  await lifecycle.kill('redis-1');
  for (const socket of sockets.slice(10)) socket.resetAndDestroy();
  const started = process.hrtime.bigint();
  await control.heal(names);
  tookMs.push(Number(process.hrtime.bigint() - started) / 1e6);
  for (const socket of sockets) socket.destroy();
  await lifecycle.start('redis-1');
}
const sorted = tookMs.toSorted((a, b) => a - b);
const worst = sorted.at(-1) ?? Number.NaN;
process.stdout.write(
  `heal of ${names.length} links, ${rounds} rounds: median ${sorted[Math.floor(rounds / 2)]?.toFixed(0)} ms, worst ${worst.toFixed(0)} ms (bar: 500)\n`,
);
process.exitCode = worst <= 500 ? 0 : 1;
