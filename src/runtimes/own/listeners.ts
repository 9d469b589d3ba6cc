import { readFile } from 'node:fs/promises';
import type { Address } from '../../core/node.ts';

/**
 * Everything that listens on this machine (in our network namespace), whoever it belongs to. Linux only. The kernel
 * walks all of its sockets for it, 5 ms and more a file: ask once.
 */
export async function readListeners(): Promise<readonly Address[]> {
  const texts = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => ''));
  return (await Promise.all(texts)).flatMap(parseListeners);
}

const LISTEN = '0A';

/** Pure, from the text of /proc/net/tcp or tcp6. IPv6 addresses other than `::` and mapped ones come as `ipv6`. */
export function parseListeners(text: string): Address[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => {
      const [host = '', port = ''] = (fields[1] ?? '').split(':');
      return { host: toHost(host), port: Number.parseInt(port, 16) };
    });
}

/** The kernel prints words of four bytes, each in the machine's (little-endian) order. */
function toHost(hex: string): string {
  if (/^0+$/.test(hex)) return '0.0.0.0';
  const isV4 = hex.length === 8 || hex.startsWith('0000000000000000FFFF0000');
  if (!isV4) return 'ipv6';
  const bytes = hex.slice(-8).match(/../g) ?? [];
  return bytes
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join('.');
}

/** True if something listens on this port at all addresses: then nobody can at one of them. */
export function isTakenEverywhere(listeners: readonly Address[], port: number): boolean {
  return listeners.some((listener) => listener.host === '0.0.0.0' && listener.port === port);
}
