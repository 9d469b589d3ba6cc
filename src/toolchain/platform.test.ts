import { describe, expect, it } from 'vitest';
import { installGo } from './go.ts';
import { describePlatform, detectPlatform } from './platform.ts';
import { createToolContext } from './provision.ts';
import { redis } from './redis.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n';
const rocky = 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n';
const arch = 'ID=arch\n';
const jammy = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n';
const byHand = 'install Redis 7.0 or newer (https://redis.io/downloads) and put redis-server on PATH';

describe('describePlatform', () => {
  it.each([
    ['linux', debian, 'debian-12', 'sudo apt-get install redis-server'],
    ['linux', jammy, 'ubuntu-22.04', byHand],
    ['linux', mint, 'linuxmint-22', 'sudo apt-get install redis-server'],
    ['linux', rocky, 'rocky-9.4', 'sudo dnf install redis'],
    ['linux', arch, 'arch', 'sudo pacman -S redis'],
    ['darwin', '', 'darwin', 'brew install redis'],
    ['linux', 'ID=nixos\n', 'nixos', byHand],
    ['freebsd', '', 'freebsd', byHand],
  ])('on %s with %j is %s, and Redis comes by "%s"', (os, text, release, mend) => {
    const platform = describePlatform(os, 'x64', text);
    expect(platform.release).toBe(release);
    expect(redis.mend({ ...createToolContext({}), platform })).toBe(mend);
  });

  it("does not send anybody to a distribution's Go that is too old", () => {
    expect(installGo(describePlatform('linux', 'x64', debian))).toMatch(/^install Go 1\.23 or newer/);
    expect(installGo(describePlatform('darwin', 'arm64', ''))).toBe('brew install go');
  });

  it('reads this machine', () => {
    expect(detectPlatform()).toMatchObject({ os: process.platform, arch: process.arch });
  });
});
