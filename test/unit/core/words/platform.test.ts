import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choosePlatform,
  formatPlatform,
  hostPlatform,
  normalizePlatform,
  parsePlatform,
  parsePlatformWish,
  platformsWithout,
  samePlatform,
  withRelease,
} from '../../../../src/core/words/platform.ts';

const all = (...texts: string[]) => texts.map(parsePlatform);
const host = hostPlatform('x64');
const AMD64 = parsePlatform('linux/amd64');

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/x86_64', 'linux/amd64'],
    ['linux/x86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/i386', 'linux/386'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['macos/arm64', 'darwin/arm64'],
    ['linux/riscv64', 'linux/riscv64'],
    ['windows/amd64', 'windows/amd64'],
    ['windows(10.0.17763)/amd64', 'windows(10.0.17763)/amd64'],
    ['Windows(10.0.17763.1234+win32k)/x86_64', 'windows(10.0.17763+win32k)/amd64'],
    ['windows(10.0+b+a)/amd64', 'windows(10.0+a+b)/amd64'],
    ['windows(+win32k)/amd64', 'windows(+win32k)/amd64'],
  ])('%s is %s', (text, normal) => {
    const platform = parsePlatform(text);
    expect(formatPlatform(platform)).toBe(normal);
    expect(normalizePlatform(platform)).toEqual(platform);
  });

  it('survives being written and read', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,7}$/);
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (os, architecture, variant) => {
        const platform = normalizePlatform({ os, architecture, ...(variant !== undefined && { variant }) });
        expect(parsePlatform(formatPlatform(platform))).toEqual(platform);
        expect(samePlatform(platform, parsePlatform(formatPlatform(platform)))).toBe(true);
      }),
    );
  });

  it('may all be wished for', () => {
    expect(['all', ' all ', 'linux/x86_64'].map(parsePlatformWish)).toEqual(['all', 'all', AMD64]);
    expect(() => parsePlatformWish('All')).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  it('are the same in another list in any spelling', () => {
    const spelled = [{ os: 'linux', architecture: 'aarch64' }, AMD64];
    expect(platformsWithout(all('linux/amd64', 'linux/arm64/v8', 'linux/386'), spelled)).toEqual(
      all('linux/386'),
    );
    expect(platformsWithout([], spelled)).toEqual([]);
  });

  it.each([
    ...['', 'linux', 'linux/', '/amd64', 'linux/arm/v7/x', 'linux/arm/', 'linux amd64', 'linux/../x'],
    ...['linux(10)/amd64', 'windows()/amd64', 'windows(10/amd64', 'windows(1 0)/amd64', 'windows(10+)/amd64'],
    ...[`windows(${'1'.repeat(65)})/amd64`, 'windows/amd64(10)', '(10)/amd64'],
  ])('%j is none', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  it('of Windows have the release that a document states, whatever it states', () => {
    const stated = (fields: object, os = 'windows') =>
      formatPlatform(withRelease({ os, architecture: 'amd64' }, { ...fields }));
    expect(stated({ 'os.version': '10.0.17763.1', 'os.features': ['win32k'] })).toBe(
      'windows(10.0.17763+win32k)/amd64',
    );
    expect(stated({ 'os.version': '../ )x' })).toBe('windows(..___x)/amd64');
    expect(stated({ 'os.version': '1'.repeat(1000) })).toHaveLength('windows()/amd64'.length + 64);
    expect(['', 5, null].map((version) => stated({ 'os.version': version, 'os.features': 'x' }))).toEqual(
      Array(3).fill('windows/amd64'),
    );
    expect(stated({ 'os.version': '5.10', 'os.features': ['x'] }, 'linux')).toBe('linux/amd64');
  });

  it.each([
    ['x64', 'linux/amd64'],
    ['ia32', 'linux/386'],
    ['arm64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['ppc64', 'linux/ppc64le'],
    ['s390x', 'linux/s390x'],
    ['riscv64', 'linux/riscv64'],
  ])('a host that Node calls %s runs %s', (name, platform) => {
    expect(formatPlatform(hostPlatform(name))).toBe(platform);
  });
});

describe('choosePlatform', () => {
  it('gives the wanted one, in any spelling, as the element that stands in the list', () => {
    const platforms = all('linux/amd64', 'linux/arm64', 'linux/arm/v7');
    expect(choosePlatform(platforms, { os: 'linux', architecture: 'aarch64', variant: 'v8' }, host)).toBe(
      platforms[1],
    );
    expect(choosePlatform(platforms, { os: 'linux', architecture: 'arm' }, host)).toBe(platforms[2]);
  });

  it('gives the host its own, and a variant that it runs', () => {
    const platforms = all('linux/arm/v5', 'linux/arm/v6', 'linux/amd64', 'windows/amd64');
    expect(choosePlatform(platforms, undefined, host)).toBe(platforms[2]);
    expect(choosePlatform(platforms, undefined, hostPlatform('arm'))).toBe(platforms[1]);
    expect(choosePlatform(all('linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64'), undefined, host)).toEqual(
      host,
    );
  });

  it('gives the only one there is, unless another is wanted', () => {
    const only = all('windows/amd64');
    expect(choosePlatform(only, undefined, host)).toBe(only[0]);
    expect(() => choosePlatform(only, parsePlatform('linux/amd64'), host)).toThrow(/only for windows\/amd64/);
  });

  it('gives a release of Windows that is named, the only one, or one without; else asks for it', () => {
    const platforms = all('windows(10.0.17763)/amd64', 'windows(10.0.20348+win32k)/amd64', 'linux/amd64');
    const choose = (text: string, among = platforms) => choosePlatform(among, parsePlatform(text), host);
    expect(choose('windows(10.0.20348)/amd64')).toBe(platforms[1]);
    expect(choose('windows(10.0.17763.5)/amd64')).toBe(platforms[0]);
    expect(choose('windows/amd64', platforms.slice(1))).toBe(platforms[1]);
    const unstated = all('windows(10.0.17763)/amd64', 'windows/amd64');
    expect(choose('windows/amd64', unstated)).toBe(unstated[1]);
    expect(() => choose('windows/amd64')).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message:
          'there are several images for windows/amd64: windows(10.0.17763)/amd64, windows(10.0.20348+win32k)/amd64',
        hint: "choose a release with --platform, such as 'windows(10.0.17763)/amd64', or take all",
      }),
    );
    expect(() => choose('windows(10.0.2)/amd64')).toThrow(
      expect.objectContaining({ code: 'platform-not-found' }),
    );
  });

  it('says what there is, and what is only named', () => {
    expect(() =>
      choosePlatform(all('linux/arm64', 'linux/s390x'), undefined, host, {
        listed: all('linux/amd64'),
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'platform-not-found',
        message:
          'no image for linux/amd64, only for linux/arm64, linux/s390x; named, but not here: linux/amd64',
      }),
    );
    expect(() => choosePlatform(all('linux/amd64/v3', 'linux/arm64'), undefined, host)).toThrow(
      /linux\/amd64\/v3/,
    );
  });
});
