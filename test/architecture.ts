// The rules of the layout as one pure function: a file's place and text in, what it breaks out.

const kindFolders = ['services', 'faults', 'probes', 'workloads', 'runtimes', 'assertions', 'reporters', 'actions'];
const plumbing = [
  'core',
  'drill',
  'engine',
  'measure',
  'judge',
  'clients',
  'toolchain',
  'journal',
  'targets',
  'builtin',
];
const everything = [...plumbing, ...kindFolders, 'cli', 'index', 'vitest'];

/** Top folder (or file) of src → what it may import of ours besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  drill: ['core'],
  targets: ['drill', 'core'],
  engine: ['drill', 'core'],
  measure: ['core'],
  judge: ['measure', 'core'],
  assertions: ['measure', 'core'],
  reporters: ['core'],
  clients: ['core'],
  services: ['clients', 'core'],
  workloads: ['clients', 'journal', 'core'],
  journal: ['core'],
  actions: ['clients', 'core'],
  faults: ['clients', 'core'],
  probes: ['clients', 'core'],
  toolchain: ['core'],
  runtimes: ['toolchain', 'clients', 'core'],
  builtin: [...kindFolders, 'core'],
  cli: everything,
  index: everything,
  vitest: everything,
};

/** Package → the only folder that may know it. */
const keptIn: Readonly<Record<string, string>> = {
  ioredis: 'src/clients/',
  kafkajs: 'src/clients/',
  '@platformatic/kafka': 'src/clients/',
  'toxiproxy-node-client': 'src/runtimes/links/',
  testcontainers: 'src/runtimes/docker/',
  dockerode: 'src/runtimes/docker/',
  commander: 'src/cli/',
};

const pure = ['measure', 'judge', 'assertions'];
const inputAndOutput = /^node:(fs|net|http|https|dns|tls|dgram|child_process|worker_threads|cluster)\b/;
const maxLines = 300;

const statement = /^[ \t]*(?:import|export)\b(?:[^'"`;]*?\bfrom\b)?\s*['"]([^'"\n]+)['"]/gm;
const call = /\bimport\(\s*['"]([^'"\n]+)['"]/g;
const workerUrl = /\bnew URL\(\s*['"](\.[^'"\n]+\.ts)['"]/g;

interface Import {
  readonly from: string;
  readonly line: number;
}

/** Every module that the text names: statements, types, `import()` and the URL of a worker. */
export function importsOf(text: string): Import[] {
  const code = text.replace(/^[ \t]*(\/\/|\/?\*).*$/gm, '');
  return [statement, call, workerUrl].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      from: match[1] ?? '',
      line: code.slice(0, match.index).split('\n').length,
    })),
  );
}

/** What breaks the rules in one file of src, each as `file:line what`. `file` is relative to the repository. */
export function violations(file: string, text: string): string[] {
  return [...importViolations(file, text), ...shapeViolations(file, text)];
}

function importViolations(file: string, text: string): string[] {
  const home = topOf(file);
  const allowed = mayImport[home];
  if (allowed === undefined) return [`${file}:1 ${home} has no place in the layout: add it to test/architecture.ts`];
  return importsOf(text).flatMap(({ from, line }) => {
    const why = from.startsWith('.') ? wrongDirection(file, from) : wrongPackage(file, from);
    return why === undefined ? [] : [`${file}:${line} ${why}`];
  });
}

function wrongDirection(file: string, from: string): string | undefined {
  if (!from.endsWith('.ts') && !from.endsWith('.json')) return `${from} needs its .ts extension`;
  const target = new URL(from, `file:///${file}`).pathname.slice(1);
  if (!target.startsWith('src/')) return target === 'package.json' ? undefined : `${from} is outside of src`;
  const [home, other] = [topOf(file), topOf(target)];
  return home === other || mayImport[home]?.includes(other) ? undefined : `${home} must not import ${other} (${from})`;
}

function wrongPackage(file: string, from: string): string | undefined {
  const home = topOf(file);
  if (pure.includes(home) && inputAndOutput.test(from)) return `${home} is pure and must not import ${from}`;
  const only = keptIn[from.split('/')[0] ?? ''];
  return only === undefined || file.startsWith(only) ? undefined : `only ${only} may import ${from}`;
}

function shapeViolations(file: string, text: string): string[] {
  const lines = text.trimEnd().split('\n').length;
  return [
    ...(lines > maxLines ? [`${file}:${maxLines + 1} has ${lines} lines, at most ${maxLines}: it is two ideas`] : []),
    ...at(file, text, /^export default\b|^export \{[^}]*\bas default\b/gm, 'default export'),
    ...(topOf(file) === 'engine' ? at(file, text, kindName, 'the engine must not name a kind') : []),
  ];
}

const kindName = /['"`](?:process|host|network|redis|kafka|http)[.-][a-z]/g;

function at(file: string, text: string, pattern: RegExp, what: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `${file}:${text.slice(0, match.index).split('\n').length} ${what}`);
}

/** `src/core/error.ts` → core, `src/builtin.ts` → builtin. */
function topOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '');
}
