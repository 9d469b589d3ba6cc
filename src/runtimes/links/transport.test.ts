import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTransport } from './transport.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the way to Toxiproxy', () => {
  it('brings answers, and the server’s words when it refuses', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/proxies') return response.end('{"a":1}');
      if (request.method === 'DELETE') return response.writeHead(204).end();
      return response.writeHead(409).end('{"error":"toxic already exists","status":409}');
    });
    const transport = createTransport(1000);
    expect(await transport.get(`${url}/proxies`)).toEqual({ data: { a: 1 } });
    expect(await transport.delete(`${url}/proxies/a`)).toBeUndefined();
    await expect(transport.post(`${url}/proxies/a->b/toxics`, {})).rejects.toThrow(
      /POST .*a->b.*: 409 toxic already exists/,
    );
  });

  it('gives up at its deadline, and when nobody is there', async () => {
    const url = await serve(() => {});
    await expect(createTransport(50).get(`${url}/proxies`)).rejects.toMatchObject({
      code: 'TOOL_BROKEN',
      message: expect.stringContaining('no answer within 50 ms'),
      hint: 'Is the machine overloaded?',
    });
    await expect(createTransport(50).delete(`${url}/proxies/a->b/toxics/cut`)).rejects.toMatchObject({
      hint: expect.stringContaining('is a process behind this link paused?'),
    });
    await expect(createTransport(50).get('http://127.0.0.1:9/proxies')).rejects.toMatchObject({
      code: 'TOOL_BROKEN',
      message: expect.stringContaining('is it still running?'),
    });
  });
});
