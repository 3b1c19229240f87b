import { describe, expect, it } from 'vitest';
import { fromText } from '../../../../src/base/byte-text.ts';
import { followLinks } from '../../../../src/core/rootfs/follow-links.ts';
import type { Placed } from '../../../../src/core/rootfs/rootfs-reader.ts';

/** A root filesystem with nothing in it but links. */
const rootfsWith = (links: Readonly<Record<string, string>>) => ({
  lookup: (path: string): Placed | null => {
    const linkTarget = links[path];
    return linkTarget === undefined ? null : ({ state: { type: 'symlink', linkTarget }, layer: 0 } as Placed);
  },
});

const follow = (links: Readonly<Record<string, string>>, path: string) =>
  followLinks(rootfsWith(links), fromText(path));

describe('the links on the way to a path', () => {
  it.each([
    ['none', {}, 'usr/bin/sh', 'usr/bin/sh', []],
    ['one', { bin: 'usr/bin' }, 'bin/sh', 'usr/bin/sh', ['bin is a link to usr/bin']],
    ['one from the root', { 'a/b': '/usr/bin' }, 'a/b/sh', 'usr/bin/sh', ['a/b is a link to /usr/bin']],
    ['one upwards', { 'a/b': '../c' }, 'a/b/x', 'c/x', ['a/b is a link to ../c']],
    ['one out of the root', { a: '../../c' }, 'a/x', 'c/x', ['a is a link to ../../c']],
    ['one to the root', { a: '/' }, 'a/x', 'x', ['a is a link to /']],
    ['one to another', { a: 'b', b: 'c' }, 'a/x', 'c/x', ['a is a link to b', 'b is a link to c']],
    ['the path itself', { bin: 'usr/bin' }, 'bin', 'bin', []],
  ])('%s', (_, links, path, led, told) => {
    expect(follow(links, path)).toEqual({ path: led, links: told });
  });

  it('go in circles', () => {
    expect(follow({ a: 'b', b: 'a' }, 'a/x')).toBeNull();
    expect(follow({ a: 'a/a' }, 'a/x')).toBeNull();
  });
});
