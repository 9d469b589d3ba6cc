// Archives of classes (AppCDS): what a Java virtual machine has read and checked of the jars, stored to be mapped.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runStep } from './command.ts';
import { nodeIds, type Rehearsal, type Role, type Server, startRehearsal } from './kafka-rehearsal.ts';
import type { ToolContext } from './recipe.ts';

interface Options {
  /** Without archives. */
  readonly server: Server;
  /** Where `<role>.jsa` are put. */
  readonly into: string;
}

/** Starts a cluster of two, ends it, and leaves for each role an archive of the classes that it has loaded. */
export async function makeArchives(cx: ToolContext, { server, into }: Options): Promise<void> {
  const workDir = await mkdtemp(join(into, 'rehearsal-'));
  const [quorum = 0, port = 0] = await freePorts(2);
  const start = (role: Role, listener: string): Promise<Rehearsal> =>
    startRehearsal(cx, {
      server,
      role,
      directory: join(workDir, role),
      archive: archiveOf(into, role),
      properties: [...propertiesOf(role, quorum), `listeners=${listener}`],
    });
  {
    await using controller = await start('controller', `CONTROLLER://127.0.0.1:${quorum}`);
    await using broker = await start('broker', `CLIENT://127.0.0.1:${port}`);
    await broker.untilUp();
    // A broker says goodbye to its controller, and does not go before.
    await broker.end();
    await controller.end();
  }
  for (const role of ['controller', 'broker'] as const) {
    const archive = ['-Xshare:on', `-XX:SharedArchiveFile=${archiveOf(into, role)}`];
    await runStep([server.path, ...archive, ...(server.args ?? []), '--version'], {
      step: `java with the archive of a ${role}`,
      env: { ...cx.env, ...server.env },
      signal: cx.signal,
      timeoutMs: 60_000,
    });
  }
  await rm(workDir, { recursive: true });
}

function archiveOf(directory: string, role: Role): string {
  return join(directory, `${role}.jsa`);
}

function propertiesOf(role: Role, quorum: number): string[] {
  return [
    `process.roles=${role}`,
    `node.id=${nodeIds[role]}`,
    `controller.quorum.voters=${nodeIds.controller}@127.0.0.1:${quorum}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT',
    ...(role === 'broker' ? ['inter.broker.listener.name=CLIENT', 'offsets.topic.replication.factor=1'] : []),
  ];
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
