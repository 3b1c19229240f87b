import { gnuLong, paxHeader, TAR_END, tarEntry } from '../../support/tar-writer.ts';

type Parts = readonly Buffer[];
type Common = {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
};

const MTIME = 1_700_000_000;

const entry = (type: string, name: string | Buffer, more: object, content = ''): Buffer =>
  tarEntry({ name: Buffer.from(name), type, mtime: MTIME, ...more }, content);

const dir = (name: string, more: Common = {}) => entry('5', `${name}/`, { mode: 0o755, ...more });
const file = (name: string | Buffer, content: string, more: Common = {}) => entry('0', name, more, content);
const symlink = (name: string, link: string | Buffer) => entry('2', name, { mode: 0o777, link });
/** Its header repeats what the inode has, as every archiver writes it. */
const hardlink = (name: string | Buffer, link: string | Buffer, more: Common = {}) =>
  entry('1', name, { link, ...more });
const whiteout = (path: string) => {
  const slash = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`, '');
};
const opaque = (path: string) => file(`${path}/.wh..wh..opq`, '');
const pax = (records: Record<string, string | Buffer>, of: Buffer): Buffer =>
  Buffer.concat([paxHeader(Object.entries(records)), of]);

/** VFS_CAP_REVISION_2 with CAP_NET_RAW permitted and effective, as setcap writes it. */
const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const LATIN = (text: string) => Buffer.from(text, 'latin1');

/** What real builders hardly ever write, and every one of them may. */
const PLAIN: readonly Parts[] = [
  [
    dir('.', { mode: 0o755, mtime: MTIME - 5 }),
    dir('etc'),
    file('etc/passwd', 'root\n', { mode: 0o640, gid: 42 }),
    file('etc/negative-time', '', { mtime: -86_400 }),
    dir('usr'),
    dir('usr/bin', { mode: 0o2755, gid: 50 }),
    file('usr/bin/su', '#!/bin/sh\n', { mode: 0o4755 }),
    file('usr/bin/write', '#!/bin/sh\n', { mode: 0o2755, gid: 5 }),
    dir('tmp', { mode: 0o1777 }),
    symlink('bin', 'usr/bin'),
    file('usr/bin/perl', 'perl', { mode: 0o755 }),
    hardlink('usr/bin/perl5', 'usr/bin/perl', { mode: 0o755 }),
    hardlink('usr/bin/perl5.36', 'usr/bin/perl5', { mode: 0o755 }),
    dir('dev'),
    entry('3', 'dev/null', { mode: 0o666, major: 1, minor: 3 }),
    entry('4', 'dev/loop9', { mode: 0o660, gid: 6, major: 7, minor: 9 }),
    entry('3', 'dev/huge', { mode: 0o600, major: 300, minor: 70_000 }),
    entry('6', 'dev/initctl', { mode: 0o600 }),
    hardlink('dev/initctl2', 'dev/initctl', { mode: 0o600 }),
    dir('attr'),
    pax({ 'SCHILY.xattr.user.note': Buffer.from('00ff0a3d', 'hex') }, file('attr/note', 'noted')),
    pax({ 'SCHILY.xattr.security.capability': NET_RAW }, file('attr/ping', 'ping', { mode: 0o755 })),
    pax({ 'SCHILY.xattr.user.dir': 'of a directory' }, dir('attr/dir')),
    hardlink('attr/ping-again', 'attr/ping', { mode: 0o755 }),
    dir('sparse'),
    pax(
      {
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': 'sparse/pax',
        'GNU.sparse.realsize': '1000000',
      },
      tarEntry(
        { name: 'GNUSparseFile.0/pax', mtime: MTIME },
        Buffer.concat([
          Buffer.from('2\n4096\n512\n1000000\n0\n'.padEnd(512, '\0')),
          Buffer.alloc(512, 'pax'),
        ]),
      ),
    ),
    dir('names'),
    file(LATIN('names/latin-\xe9\xff'), 'latin'),
    hardlink(LATIN('names/again-\xe9'), LATIN('names/latin-\xe9\xff')),
    symlink('names/to-latin', LATIN('latin-\xe9\xff')),
    file('names/grüße ☃ \u2028', 'utf-8'),
    file('names/ "quoted" \\ \t \n ', 'odd'),
    pax({ path: `names/${'p'.repeat(200)}/${'q'.repeat(200)}` }, file('short', 'long by pax')),
    gnuLong('L', `names/${'g'.repeat(230)}`),
    file('short', 'long by gnu'),
    pax({ linkpath: 'x/'.repeat(300) }, symlink('names/long-target', 'x')),
    pax({ uid: '3000000000', gid: '2500000000', mtime: '1700000000.987654321' }, file('names/big-owner', '')),
  ],
  [
    dir('.', { mode: 0o711, mtime: MTIME + 5 }),
    dir('usr', { mtime: MTIME + 10 }),
    dir('usr/bin', { mode: 0o755, mtime: MTIME + 11 }),
    hardlink('usr/bin/perl-again', 'usr/bin/perl', { mode: 0o755 }),
    whiteout('usr/bin/perl5'),
    file('usr/bin/su', '#!/bin/sh\n', { mode: 0o755 }),
    dir('etc', { mtime: MTIME + 12 }),
    file('etc/passwd', 'root\nsomeone\n', { mode: 0o600 }),
  ],
];

/**
 * Cases of whiteouts, links and replacements, each in a folder of its own, each a list of layers. Their folders'
 * names say what they are about.
 */
const CASES: Readonly<Record<string, readonly ((at: (path: string) => string) => Parts)[]>> = {
  'opaque-recreated': [
    (at) => [dir(at('d')), file(at('d/old'), '1'), dir(at('d/sub')), file(at('d/sub/old'), '1')],
    (at) => [dir(at('d'), { mode: 0o700 }), opaque(at('d')), file(at('d/new'), '2'), dir(at('d/sub'))],
    (at) => [dir(at('d')), opaque(at('d')), file(at('d/old'), '3')],
  ],
  'opaque-at-base': [(at) => [dir(at('d')), opaque(at('d')), file(at('d/kept'), '1')]],
  'opaque-last': [
    (at) => [dir(at('d')), file(at('d/old'), '1')],
    (at) => [
      dir(at('d')),
      file(at('d/new'), '2'),
      dir(at('d/sub')),
      file(at('d/sub/new'), '2'),
      opaque(at('d')),
    ],
  ],
  'opaque-nested': [
    (at) => [dir(at('d')), dir(at('d/e')), file(at('d/e/old'), '1'), file(at('d/old'), '1')],
    (at) => [dir(at('d')), opaque(at('d')), dir(at('d/e')), opaque(at('d/e')), file(at('d/e/new'), '2')],
  ],
  whiteouts: [
    (at) => [
      file(at('f'), '1'),
      dir(at('d')),
      file(at('d/f'), '1'),
      symlink(at('l'), 'd'),
      file(at('kept'), '1'),
    ],
    (at) => [whiteout(at('f')), whiteout(at('d')), whiteout(at('l')), whiteout(at('absent'))],
  ],
  'whiteouts-nested': [
    (at) => [dir(at('d')), file(at('d/f'), '1'), file(at('d/g'), '1')],
    (at) => [whiteout(at('d')), dir(at('d')), whiteout(at('d/f')), file(at('d/h'), '2')],
  ],
  'deleted-and-made-anew': [
    (at) => [dir(at('d')), file(at('d/f'), '1'), file(at('f'), '1'), dir(at('e')), file(at('e/f'), '1')],
    (at) => [whiteout(at('d')), whiteout(at('f')), whiteout(at('e'))],
    (at) => [file(at('d'), '3'), dir(at('f')), file(at('f/new'), '3'), symlink(at('e'), 'f')],
  ],
  'replaced-by-another-type': [
    (at) => [
      dir(at('dir-file')),
      file(at('dir-file/below'), '1'),
      dir(at('dir-link')),
      file(at('dir-link/below'), '1'),
      file(at('file-dir'), '1'),
      file(at('file-link'), '1'),
      dir(at('real')),
      symlink(at('link-dir'), 'real'),
      symlink(at('link-file'), 'real'),
      file(at('real/kept'), '1'),
    ],
    (at) => [
      file(at('dir-file'), '2'),
      symlink(at('dir-link'), 'real'),
      dir(at('file-dir')),
      file(at('file-dir/below'), '2'),
      symlink(at('file-link'), 'real'),
      dir(at('link-dir')),
      file(at('link-dir/below'), '2'),
      file(at('link-file'), '2'),
    ],
  ],
  'dir-to-link-with-whiteout': [
    (at) => [dir(at('d')), file(at('d/below'), '1'), dir(at('real')), file(at('real/kept'), '1')],
    (at) => [whiteout(at('d')), symlink(at('d'), 'real')],
  ],
  'opaque-through-link': [
    (at) => [dir(at('target')), file(at('target/keep'), '1'), symlink(at('link'), 'target')],
    (at) => [dir(at('link')), opaque(at('link')), file(at('link/new'), '2')],
  ],
  'hard-link-across-layers': [
    (at) => [file(at('a'), 'content', { mode: 0o755 }), dir(at('d')), symlink(at('l'), 'd')],
    (at) => [hardlink(at('b'), at('a'), { mode: 0o755 }), hardlink(at('d/c'), at('a'), { mode: 0o755 })],
    (at) => [hardlink(at('e'), at('l/c'), { mode: 0o755 }), whiteout(at('a'))],
  ],
  'hard-link-then-modified': [
    (at) => [file(at('a'), 'old'), hardlink(at('b'), at('a')), hardlink(at('c'), at('a'))],
    (at) => [file(at('b'), 'new', { mode: 0o600 })],
    (at) => [hardlink(at('c'), at('b'), { mode: 0o600 })],
  ],
  'hard-link-to-symlink': [(at) => [file(at('f'), '1'), symlink(at('l'), 'f'), hardlink(at('h'), at('l'))]],
  'hard-link-restated': [
    (at) => [file(at('a'), 'same'), hardlink(at('b'), at('a'))],
    (at) => [file(at('a'), 'same', { mode: 0o755 }), hardlink(at('b'), at('a'), { mode: 0o755 })],
  ],
  'whiteout-of-one-name': [
    (at) => [file(at('a'), '1'), hardlink(at('b'), at('a')), hardlink(at('c'), at('a'))],
    (at) => [whiteout(at('a'))],
    (at) => [whiteout(at('c'))],
  ],
  'parents-never-stated': [(at) => [file(at('x/y/z'), '1')], (at) => [file(at('x/w/v'), '2')]],
  'attributes-alone': [
    (at) => [file(at('f'), '1', { mode: 0o600 }), dir(at('d')), file(at('d/kept'), '1')],
    (at) => [
      file(at('f'), '1', { mode: 0o4755, uid: 7 }),
      dir(at('d'), { mode: 0o1770, gid: 8, mtime: MTIME + 9 }),
    ],
  ],
  'names-like-whiteouts': [
    (at) => [
      dir(at('which')),
      file(at('which/a.wh.b'), '1'),
      file(at('x.wh..wh..opq'), '1'),
      dir(at('wheel')),
    ],
    (at) => [dir(at('wheel')), file(at('wheel/METADATA'), '2')],
  ],
};

/** The layers of an image that has them all, as uncompressed tars, lowest first. */
export function nastyLayers(): Buffer[] {
  const cases = Object.entries(CASES);
  const depth = Math.max(PLAIN.length, ...cases.map(([, layers]) => layers.length));
  return Array.from({ length: depth }, (_, index) => {
    const parts = cases.flatMap(([name, layers]) => {
      const make = layers[index];
      if (make === undefined) return [];
      return [...(index === 0 ? [dir(name)] : []), ...make((path) => `${name}/${path}`)];
    });
    return Buffer.concat([...(PLAIN[index] ?? []), ...parts, TAR_END]);
  });
}

/**
 * Two layers, the upper of which leaves directories unstated where the lower one has something else. Engines that
 * unpack each layer by itself, and lay it over the others, make directories there.
 */
export function unstatedDirectories(): Buffer[] {
  const links = ['file', 'deep', 'opaque', 'whiteout'].map((name) => symlink(`to-${name}`, '/target'));
  const lower = [dir('target'), file('target/keep', '1'), ...links];
  const upper = [
    file('to-file/new', '2'),
    file('to-deep/a/b/new', '2'),
    opaque('to-opaque'),
    whiteout('to-whiteout/keep'),
    file('plain/new', '2'),
    whiteout('plain-too/x'),
  ];
  return [
    Buffer.concat([...lower, file('plain', '1'), file('plain-too', '1'), TAR_END]),
    Buffer.concat([...upper, TAR_END]),
  ];
}
