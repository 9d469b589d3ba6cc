/** As in YAML. */
export interface DrillDocument {
  readonly [section: string]: unknown;
}

/**
 * A drill that is over soon: a replica is killed for two seconds and nobody is to notice. Sections that are given take
 * the place of those; `timing` and `settings` are laid over them.
 */
export function quickDrill({ timing, settings, ...sections }: DrillDocument & Settings = {}): DrillDocument {
  return {
    title: 'A drill that is over soon',
    use: ['fragments/redis-sentinel-healthy.yaml'],
    cluster: {
      services: ['redis-sentinel'],
      settings: { ...settings, sentinel: { 'down-after-milliseconds': 3000, ...settings?.sentinel } },
    },
    workloads: [{ name: 'writes', workload: 'redis.ledger', client: 'oracle', with: { rate: '100/s' } }],
    timing: { warmUp: '1s', recoveryWithin: '30s', heldFor: '500ms', drainWithin: '15s', ...timing },
    method: [{ name: 'kill', fault: 'process.kill', targets: 'redis-2', hold: '2s' }],
    assertions: [{ assert: 'rpo', of: 'writes', with: { lostWrites: 0 } }],
    ...sections,
  };
}

interface Settings {
  readonly timing?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}
