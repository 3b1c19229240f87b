import fc, { type GeneratorValue } from 'fast-check';
import { gnuLong, type HeaderFields, type PaxRecord, paxHeader, TAR_END, tarEntry } from './tar-writer.ts';

/** A name that a layer is to have, before anybody decides how a tar says so. */
export interface Member {
  /** Bytes; a directory's ends with a slash. */
  readonly name: string;
  readonly type: 'file' | 'dir' | 'symlink' | 'char' | 'fifo' | 'whiteout';
  /** Names of one inode share this number, and all else but the name. */
  readonly inode: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly mtimeNs: number;
  readonly xattrs: Readonly<Record<string, string>>;
  /** Content of a file, target of a symlink, minor number of a device. */
  readonly content: string;
}

/** Ways to write the very same entries, in the very same order, as other bytes. */
export const ENCODINGS = {
  ustar: {},
  gnu: { format: 'gnu' },
  'owners named': {
    patches: [
      [265, 'root'],
      [297, 'wheel'],
    ],
  },
  'type in the mode': {},
  'access times': {},
  'long names apart': {},
  'whole records': {},
} satisfies Record<string, HeaderFields>;

export type Encoding = keyof typeof ENCODINGS;

const TYPES = { file: '0', whiteout: '0', symlink: '2', char: '3', dir: '5', fifo: '6' } as const;
const TYPE_BITS = { file: 0o10, whiteout: 0o10, symlink: 0o12, char: 0o2, dir: 0o4, fifo: 0o1 } as const;
const RECORD = 10_240;

/** Writes a tar. The first name of an inode has the content, and later ones are hard links to it. */
export function encodeLayer(members: readonly Member[], encoding: Encoding): Buffer {
  const firstNames = new Map<number, string>();
  const parts = members.map((member) => {
    const first = firstNames.get(member.inode);
    if (first === undefined) firstNames.set(member.inode, member.name);
    return encodeMember(member, first, encoding);
  });
  const tar = Buffer.concat([...parts, TAR_END]);
  if (encoding !== 'whole records') return tar;
  return Buffer.concat([tar, Buffer.alloc(RECORD - (tar.length % RECORD))]);
}

function encodeMember(member: Member, linkTo: string | undefined, encoding: Encoding): Buffer {
  const { name, type, mode, uid, gid, mtime, content } = member;
  const records = recordsOf(member, encoding);
  const link = linkTo ?? (type === 'symlink' ? content : '');
  const typeBits = encoding === 'type in the mode' ? TYPE_BITS[type] * 0o10000 : 0;
  const fields: HeaderFields = {
    ...{ name, uid, gid, mtime, link, mode: mode + typeBits },
    type: linkTo === undefined ? TYPES[type] : '1',
    ...(type === 'char' && { major: 1, minor: Number(content) }),
    ...ENCODINGS[encoding],
  };
  const apart = encoding === 'long names apart';
  return Buffer.concat([
    ...(records.length > 0 ? [paxHeader(records)] : []),
    ...(link.length > 100 ? [gnuLong('K', Buffer.from(link, 'latin1'))] : []),
    ...(apart || name.length > 100 ? [gnuLong('L', Buffer.from(name, 'latin1'))] : []),
    tarEntry(fields, type === 'file' && linkTo === undefined ? content : ''),
  ]);
}

function recordsOf({ mtime, mtimeNs, xattrs }: Member, encoding: Encoding): PaxRecord[] {
  return [
    ...(encoding === 'access times' ? [['atime', '1700000000.5'] as const] : []),
    ...(mtimeNs === 0 ? [] : [['mtime', `${mtime}.${String(mtimeNs).padStart(9, '0')}`] as const]),
    ...Object.entries(xattrs).map(([key, value]) => [`SCHILY.xattr.${key}`, value] as const),
  ];
}

/** What a running container can tell of a layer: neither times nor the modes of symlinks, nor who has which name. */
export function visibleState(members: readonly Member[]): Map<string, string> {
  const shown = members.filter(({ type }) => type !== 'whiteout');
  return new Map(
    shown.map(({ name, type, mode, uid, gid, xattrs, content }) => [
      name,
      JSON.stringify([type, type === 'symlink' ? 0 : mode, uid, gid, Object.entries(xattrs).sort(), content]),
    ]),
  );
}

const metadata = fc.record({
  mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o600),
  uid: fc.constantFrom(0, 1000, 3_000_000),
  gid: fc.constantFrom(0, 50),
  mtime: fc.constantFrom(0, 1_700_000_000, 1_760_000_000),
  mtimeNs: fc.constantFrom(0, 0, 500_000_000),
  xattrs: fc.constantFrom({}, {}, { 'user.mark': 'made' }),
});
const content = fc.string({ maxLength: 600 });
const deviceNumber = fc.integer({ min: 0, max: 255 }).map(String);
/** Past the 100 bytes of the name field, beyond ASCII, and no UTF-8 at all. */
const FILE_NAMES = ['z', 'app.js', 'a-b', 'caf\xc3\xa9', 'raw\xff', `long-${'n'.repeat(110)}`, 'lib.so', 'x'];

/** Draws a layer as builders write it, below a directory of its own: there is something of each type in it. */
export function drawLayer(g: GeneratorValue, root: string): Member[] {
  const names = g(fc.uniqueArray, fc.constantFrom(...FILE_NAMES), { minLength: 2, maxLength: 6 });
  const others = [
    { name: `${root}/`, type: 'dir', content: '' },
    { name: `${root}/sub/`, type: 'dir', content: '' },
    { name: `${root}/sub/link`, type: 'symlink', content: `../${names[0]}` },
    { name: `${root}/sub/device`, type: 'char', content: g(() => deviceNumber) },
    { name: `${root}/sub/pipe`, type: 'fifo', content: '' },
    { name: `${root}/sub/.wh.gone`, type: 'whiteout', content: '' },
  ] as const;
  const files = names.map((name) => ({
    name: `${root}/${name}`,
    type: 'file' as const,
    content: g(() => content),
  }));
  const members: Member[] = [...others, ...files].map((member, inode) => ({
    ...member,
    inode,
    ...g(() => metadata),
  }));
  const linked = members.at(-1) as Member;
  const links = g(fc.integer, { min: 0, max: 2 });
  return [
    ...members,
    ...Array.from({ length: links }, (_, count) => ({ ...linked, name: `${root}/link-${count}` })),
  ];
}
