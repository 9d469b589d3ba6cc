import type { Address } from '../core/node.ts';
import { NotConnectedError } from './redis-outcome.ts';
import { connectWire, type WireConnection } from './redis-wire.ts';

const spareWithinMs = 1000;

/**
 * Connections to whichever node is the primary now, each with one operation at a time. Nothing waits for a node that
 * is the primary no longer: what is under way there is dropped when the address changes, with `PRIMARY_CHANGED`.
 */
export class PrimaryPool implements Disposable {
  #address: Address | undefined;
  #idle: WireConnection[] = [];
  readonly #busy = new Set<WireConnection>();
  #left = new AbortController();
  #sparing = false;

  use(address: Address): void {
    if (address.host === this.#address?.host && address.port === this.#address.port) return;
    this.#leave('PRIMARY_CHANGED');
    this.#address = address;
    void this.#spare();
  }

  /** An idle connection or a new one; rejects with NotConnectedError, at the latest when the signal is aborted. */
  async take(signal: () => AbortSignal): Promise<WireConnection> {
    const idle = this.#pop();
    if (idle !== undefined) {
      this.#busy.add(idle);
      if (this.#idle.length === 0) void this.#spare();
      return idle;
    }
    if (this.#address === undefined) throw new NotConnectedError();
    const connection = await connectWire(this.#address, AbortSignal.any([signal(), this.#left.signal]));
    this.#busy.add(connection);
    return connection;
  }

  /** Back from its operation; one that was dropped meanwhile is forgotten. */
  give(connection: WireConnection): void {
    if (this.#busy.delete(connection) && connection.usable) this.#idle.push(connection);
  }

  [Symbol.dispose](): void {
    this.#leave('EOF');
    this.#address = undefined;
  }

  #pop(): WireConnection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.usable) return idle;
    return undefined;
  }

  #leave(code: string): void {
    this.#left.abort();
    this.#left = new AbortController();
    for (const connection of [...this.#idle, ...this.#busy]) connection.drop(code);
    this.#idle = [];
    this.#busy.clear();
  }

  /** Keeps one connection ahead of the operations, so that they need not wait for one. */
  async #spare(): Promise<void> {
    if (this.#sparing || this.#address === undefined) return;
    this.#sparing = true;
    const left = this.#left.signal;
    try {
      const spare = await connectWire(this.#address, AbortSignal.any([left, AbortSignal.timeout(spareWithinMs)]));
      if (left.aborted) spare.drop('PRIMARY_CHANGED');
      else this.#idle.push(spare);
    } catch {
      // The next operation tries by itself, and says what came of it.
    } finally {
      this.#sparing = false;
    }
  }
}
