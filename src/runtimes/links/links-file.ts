import type { ProxySpec } from './matrix.ts';

/**
 * Pure: what a Toxiproxy starts with (`-config`), so that every link is open before its API answers. `mark` becomes a proxy
 * that is never used, the last of all: where it is missing, it is another Toxiproxy, or one that could not open a link.
 */
export function linksFile(proxies: readonly ProxySpec[], mark: string): string {
  const lines = proxies.map(({ name, listen, upstream }) =>
    JSON.stringify({
      name,
      listen: `${listen.host}:${listen.port}`,
      upstream: `${upstream.host}:${upstream.port}`,
      enabled: true,
    }),
  );
  const unused = { name: mark, listen: '127.0.0.1:0', upstream: '127.0.0.1:9', enabled: false };
  return `[\n${[...lines, JSON.stringify(unused)].map((line) => `  ${line}`).join(',\n')}\n]\n`;
}
