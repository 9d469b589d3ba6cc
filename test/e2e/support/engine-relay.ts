// The engine behind a socket of our own: it vanishes for whoever uses that one, and lives on for everybody else.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';

const ENGINE = '/var/run/docker.sock';

export interface EngineRelay extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** As if the engine had died: connections end, new ones are refused. */
  vanish(): Promise<void>;
}

export async function startEngineRelay(socketFile: string): Promise<EngineRelay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const engine = connect({ path: ENGINE, allowHalfOpen: true });
    for (const [one, other] of [
      [socket, engine],
      [engine, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one));
      one.pipe(other);
    }
  });
  await once(server.listen(socketFile), 'listening');
  const vanish = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    rmSync(socketFile, { force: true });
    await closed;
  };
  return { host: `unix://${socketFile}`, vanish, [Symbol.asyncDispose]: vanish };
}
