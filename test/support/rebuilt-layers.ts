import fc, { type GeneratorValue } from 'fast-check';
import type { RebuildCause } from '../../src/core/comparison/comparison.ts';
import {
  drawLayer,
  ENCODINGS,
  type Encoding,
  encodeLayer,
  type Member,
  visibleState,
} from './layer-members.ts';

/** A layer before and after it was built again, and what is known of the difference because it was made so. */
export interface RebuiltLayer {
  readonly cause: RebuildCause;
  readonly base: Buffer;
  readonly target: Buffer;
  /** Whether a container that runs the image can tell. */
  readonly visible: boolean;
}

type Twist = (g: GeneratorValue, members: readonly Member[]) => readonly Member[];

/** Changes of one aspect and nothing else. */
const ASPECTS: Readonly<Record<'timestamps' | 'ownership' | 'mode' | 'xattrs' | 'order', Twist>> = {
  timestamps: (g, members) => {
    const seconds = g(fc.constantFrom, 0, 1, 100_000);
    const nanoseconds = seconds === 0 ? 1 : 0;
    return changeSome(g, members, ({ mtime, mtimeNs, ...member }) => ({
      ...member,
      mtime: mtime + seconds,
      mtimeNs: mtimeNs + nanoseconds,
    }));
  },
  ownership: (g, members) =>
    changeSome(g, members, (member) => {
      const field = g(fc.constantFrom<('uid' | 'gid')[]>, 'uid', 'gid');
      return { ...member, [field]: member[field] + g(fc.constantFrom, 1, 1000, 5_000_000) };
    }),
  mode: (g, members) =>
    changeSome(g, members, (member) => ({
      ...member,
      mode: member.mode ^ g(fc.constantFrom, 0o1, 0o20, 0o4000),
    })),
  xattrs: (g, members) =>
    changeSome(g, members, ({ xattrs, ...member }) => {
      const { 'user.mark': mark, ...rest } = xattrs;
      if (mark !== undefined && g(fc.boolean)) return { ...member, xattrs: rest };
      const name = g(fc.constantFrom, 'user.mark', 'security.capability');
      return { ...member, xattrs: { ...xattrs, [name]: `${xattrs[name] ?? ''}more` } };
    }),
  order: (g, members) => {
    const shuffled = g(fc.shuffledSubarray<Member>, [...members], { minLength: members.length });
    const same = shuffled.every(({ name }, place) => name === members[place]?.name);
    return same ? [...members].reverse() : shuffled;
  },
};

/** Changes of what is in the layer. */
const CONTENTS: readonly Twist[] = [
  (g, members) => changeOne(g, members, 'file', (file) => ({ ...file, content: `${file.content}more` })),
  (g, members) =>
    changeOne(g, members, 'file', (file) => ({
      ...file,
      content:
        file.content === '' ? 'x' : `${file.content.startsWith('a') ? 'b' : 'a'}${file.content.slice(1)}`,
    })),
  (g, members) =>
    changeOne(g, members, 'file', (file) => ({ ...file, type: 'symlink', content: '/elsewhere' })),
  (g, members) => changeOne(g, members, 'symlink', (link) => ({ ...link, content: `${link.content}.1` })),
  (g, members) =>
    changeOne(g, members, 'char', (device) => ({ ...device, content: String(256 + Number(device.content)) })),
  (g, members) => changeOne(g, members, 'fifo', (pipe) => ({ ...pipe, type: 'file', content: '' })),
  (g, members) => renameOne(g, members, (name) => `${name}.new`),
  (g, members) => renameOne(g, members, () => null),
  (_, members) => add(members, (name) => `${name}added`),
  (_, members) => add(members, (name) => `${name}.wh.absent`, 'whiteout'),
];

const METADATA = Object.keys(ASPECTS) as (keyof typeof ASPECTS)[];

export const CAUSES: readonly RebuildCause[] = [...METADATA, 'metadata', 'content', 'tar-encoding', 'step'];

/** Draws a layer and its rebuild with a difference of exactly one cause. */
export function drawRebuild(g: GeneratorValue, root: string): RebuiltLayer {
  const cause = g(fc.constantFrom<RebuildCause[]>, ...CAUSES);
  const members = drawLayer(g, root);
  const rebuilt = drawTwists(g, cause).reduce(
    (layer, twist) => twist(g, layer),
    members as readonly Member[],
  );
  const names = Object.keys(ENCODINGS) as Encoding[];
  const encoding = g(fc.constantFrom<Encoding[]>, ...names);
  const others = cause === 'tar-encoding' ? names.filter((name) => name !== encoding) : names;
  const [before, after] = [visibleState(members), visibleState(rebuilt)];
  return {
    cause,
    base: encodeLayer(members, encoding),
    target: encodeLayer(rebuilt, g(fc.constantFrom<Encoding[]>, ...others)),
    visible: before.size !== after.size || [...before].some(([name, state]) => after.get(name) !== state),
  };
}

function drawTwists(g: GeneratorValue, cause: RebuildCause): Twist[] {
  const several = (minLength: number): Twist[] =>
    g(fc.subarray<keyof typeof ASPECTS>, METADATA, { minLength }).map((aspect) => ASPECTS[aspect]);
  if (cause === 'content' || cause === 'step')
    return [g(fc.constantFrom<Twist[]>, ...CONTENTS), ...several(0)];
  if (cause === 'metadata') return several(2);
  return cause === 'tar-encoding' ? [] : [ASPECTS[cause]];
}

function changeSome(
  g: GeneratorValue,
  members: readonly Member[],
  change: (member: Member) => Member,
): readonly Member[] {
  const inodes = [...new Set(members.map(({ inode }) => inode))];
  // The last one is that of the hard links.
  const chosen = g(fc.boolean) ? g(fc.subarray<number>, inodes, { minLength: 1 }) : inodes.slice(-1);
  return chosen.reduce((layer, inode) => changeInode(layer, inode, change), members);
}

function changeOne(
  g: GeneratorValue,
  members: readonly Member[],
  type: Member['type'],
  change: (member: Member) => Member,
): readonly Member[] {
  const suited = members.filter((member) => member.type === type).map(({ inode }) => inode);
  return changeInode(members, g(fc.constantFrom<number[]>, ...suited), change);
}

/** All names of an inode change alike. */
function changeInode(
  members: readonly Member[],
  inode: number,
  change: (member: Member) => Member,
): readonly Member[] {
  const old = members.find((member) => member.inode === inode);
  if (old === undefined) return members;
  const changed = change(old);
  return members.map((member) => (member.inode === inode ? { ...changed, name: member.name } : member));
}

/** Gives one file another name, or takes the name away. */
function renameOne(
  g: GeneratorValue,
  members: readonly Member[],
  rename: (name: string) => string | null,
): readonly Member[] {
  const files = members.filter(({ type }) => type === 'file');
  const chosen = g(fc.constantFrom<Member[]>, ...files);
  return members.flatMap((member) => {
    if (member !== chosen) return [member];
    const name = rename(member.name);
    return name === null ? [] : [{ ...member, name }];
  });
}

/** Puts one more name below the layer's directory. */
function add(
  members: readonly Member[],
  rename: (directory: string) => string,
  type: Member['type'] = 'file',
): readonly Member[] {
  const [directory, ...rest] = members as readonly [Member, ...Member[]];
  const added = { ...directory, type, name: rename(directory.name), inode: members.length, content: '' };
  return [directory, ...rest, added];
}
