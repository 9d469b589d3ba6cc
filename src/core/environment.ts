import type { AddressBook, AddressRow } from './node.ts';

/**
 * What a program that we start is told of the cluster. `FIREDRILL_ADDRESSES` is the whole book as JSON; for each role
 * there is a list of `host:port` too: `FIREDRILL_SENTINELS`, `FIREDRILL_REDIS`, `FIREDRILL_BROKERS`. Where several
 * services have the same role, that role has no list: one that mixes clusters would be worse than none.
 */
export function addressEnvironment(book: AddressBook): Readonly<Record<string, string>> {
  const roles = Object.entries(Object.groupBy(mainListeners(book.rows), (row) => row.role));
  const lists = roles.flatMap(([role, rows = []]) =>
    rows.every((row) => row.service === rows[0]?.service) ? [[variableFor(role), hostsAndPorts(rows)] as const] : [],
  );
  return { FIREDRILL_ADDRESSES: JSON.stringify(book), ...Object.fromEntries(lists) };
}

/** The first listener of a node is its main one. */
function mainListeners(rows: readonly AddressRow[]): readonly AddressRow[] {
  return rows.filter((row, index) => rows.findIndex((other) => other.node === row.node) === index);
}

function variableFor(role: string): string {
  const plural = role.endsWith('s') ? role : `${role}s`;
  return `FIREDRILL_${plural.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

function hostsAndPorts(rows: readonly AddressRow[]): string {
  return rows.map(({ address }) => `${address.host}:${address.port}`).join(',');
}
