// The only importer of Toxiproxy's client.
import { Toxic, type ToxicType, Toxiproxy, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import { DrillError } from '../../core/error.ts';
import type { ToxicSpec } from './toxics.ts';
import { createTransport, ToxiproxyRefusal } from './transport.ts';

/** A proxy as the server has it right now. */
export interface ProxyState {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicSpec[];
}

/** Toxiproxy's API: each call has a deadline, and fails with TOOL_BROKEN and the server's own words. */
export interface ToxiproxyApi {
  /** What is true now, by name. */
  proxies(): Promise<ReadonlyMap<string, ProxyState>>;
  addToxic(proxy: ProxyState, toxic: ToxicSpec): Promise<void>;
  updateToxic(proxy: ProxyState, toxic: ToxicSpec): Promise<void>;
  /** Does nothing when it is not there. */
  removeToxic(proxy: ProxyState, toxic: ToxicSpec): Promise<void>;
  setEnabled(proxy: ProxyState, enabled: boolean): Promise<void>;
}

/** A removal that takes longer has met a receiver that does not read, and holds a lock inside of Toxiproxy. */
const DEADLINE_MS = 1000;
/** `url` as in `http://127.64.0.250:8474`. Opens nothing. */
export function openToxiproxy(url: string): ToxiproxyApi {
  const api = createTransport(DEADLINE_MS);
  const client = Object.assign(new Toxiproxy(url), { api });
  const proxyOf = (state: ProxyState): ToxiproxyProxy => new ToxiproxyProxy(client, { ...state, toxics: [] });
  const toxicOf = (state: ProxyState, spec: ToxicSpec): Toxic<ToxicSpec['attributes']> =>
    new Toxic(client.getApi(), proxyOf(state).getPath(), bodyOf(spec));
  return {
    proxies: async () => {
      const { data } = await explained(client.getApi().get<Record<string, ProxyState>>(`${url}/proxies`));
      return new Map(Object.entries(data));
    },
    addToxic: async (state, spec) => {
      await explained(proxyOf(state).addToxic(bodyOf(spec)));
    },
    updateToxic: async (state, spec) => {
      await explained(toxicOf(state, spec).update(bodyOf(spec)));
    },
    removeToxic: async (state, spec) => {
      await explained(toxicOf(state, spec).remove().catch(unlessGone));
    },
    setEnabled: async (state, enabled) => {
      await explained(proxyOf(state).update({ listen: state.listen, upstream: state.upstream, enabled }));
    },
  };
}

function bodyOf(spec: ToxicSpec) {
  return { ...spec, type: spec.type as ToxicType, toxicity: 1 };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ToxiproxyRefusal && error.message.includes('toxic not found'))) throw error;
}

async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ToxiproxyRefusal)) throw error;
    throw new DrillError('TOOL_BROKEN', `Toxiproxy refused: ${error.message}`, { cause: error });
  }
}
