import { describe, expect, it } from 'vitest';
import { installGo } from './go.ts';
import { describePlatform, detectPlatform } from './platform.ts';
import { redis } from './redis.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n';
const rocky = 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n';
const arch = 'ID=arch\n';

describe('describePlatform', () => {
  it.each([
    ['linux', debian, 'debian-12', 'sudo apt-get install redis-server'],
    ['linux', mint, 'linuxmint-22', 'sudo apt-get install redis-server'],
    ['linux', rocky, 'rocky-9.4', 'sudo dnf install redis'],
    ['linux', arch, 'arch', 'sudo pacman -S redis'],
    ['darwin', '', 'darwin', 'brew install redis'],
    ['linux', 'ID=nixos\n', 'nixos', 'install Redis 7.0 or newer and put redis-server on PATH'],
    ['freebsd', '', 'freebsd', 'install Redis 7.0 or newer and put redis-server on PATH'],
  ])('on %s with %j is %s, and Redis comes by "%s"', (os, text, release, mend) => {
    const platform = describePlatform(os, 'x64', text);
    expect(platform.release).toBe(release);
    expect(redis.mend(platform)).toBe(mend);
  });

  it("does not send anybody to a distribution's Go that is too old", () => {
    expect(installGo(describePlatform('linux', 'x64', debian))).toMatch(/^install Go 1\.23 or newer/);
    expect(installGo(describePlatform('darwin', 'arm64', ''))).toBe('brew install go');
  });

  it('reads this machine', () => {
    expect(detectPlatform()).toMatchObject({ os: process.platform, arch: process.arch });
  });
});
