import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, runStep } from './command.ts';
import { unpackPackages, whyNoPackages } from './debian.ts';
import { javaHome } from './java.ts';
import { installCommand, type Platform } from './platform.ts';
import type { Program, ToolContext } from './recipe.ts';

export interface CopyOptions {
  readonly pom: string;
  readonly java: Program;
  /** Everything that is written goes in here, but for Maven's own repository. */
  readonly workDir: string;
  /** Where the jars are put. */
  readonly into: string;
}

/** Why there is no Maven, nor can be one, or undefined if there is or can. */
export function whyNoMaven(cx: ToolContext): string | undefined {
  if (findOnPath('mvn', cx.env) !== undefined) return undefined;
  const why = whyNoPackages(cx);
  return why === undefined ? undefined : `no mvn on PATH, and ${why}`;
}

/**
 * Copies the jars that a pom depends on, all the way down. Maven is a means, not a tool of a drill: from PATH, with the
 * user's own settings, or out of the distribution's packages. It compares what it downloads with the repository's sums.
 */
export async function copyJars(cx: ToolContext, { pom, java, workDir, into }: CopyOptions): Promise<void> {
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const options = ['-B', '-ntp', '-C', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${into}`];
  const mvn = findOnPath('mvn', cx.env);
  const argv = mvn === undefined ? await unpackMaven(cx, java, workDir) : ([mvn] as const);
  await runStep([...argv, ...options], {
    step: 'mvn dependency:copy-dependencies',
    cwd: workDir,
    env: { ...cx.env, ...java.env, JAVA_HOME: await javaHome(java) },
    signal: cx.signal,
    timeoutMs: 600_000,
  });
}

/** Debian's start script has its places written into it, so Maven is started as that would. */
async function unpackMaven(cx: ToolContext, java: Program, workDir: string): Promise<[string, ...string[]]> {
  const { root } = await unpackPackages(cx, { tool: 'kafka-tools', packages: ['maven'], workDir });
  const home = join(root, 'usr/share/maven');
  const boot = join(home, 'boot');
  return [
    java.path,
    '-classpath',
    (await readdir(boot)).map((name) => join(boot, name)).join(':'),
    `-Dclassworlds.conf=${join(home, 'bin/m2.conf')}`,
    `-Dmaven.home=${home}`,
    `-Dmaven.multiModuleProjectDirectory=${workDir}`,
    'org.codehaus.plexus.classworlds.launcher.Launcher',
  ];
}

/** What mends it: a Maven, or a way for it to its repository. */
export function mendMaven(cx: ToolContext): string {
  return whyNoMaven(cx) === undefined
    ? 'let Maven reach Maven Central or a mirror of it (~/.m2/settings.xml)'
    : installMaven(cx.platform);
}

function installMaven(platform: Platform): string {
  const none = 'install Maven (https://maven.apache.org) and put mvn on PATH';
  return installCommand(platform, {
    apt: 'maven',
    dnf: 'maven',
    pacman: 'maven',
    apk: 'maven',
    zypper: 'maven',
    brew: 'maven',
    none,
  });
}
