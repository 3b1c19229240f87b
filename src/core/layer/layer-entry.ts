import { type ByteText, toText } from '../../base/byte-text.ts';
import { digestOf } from '../../base/digest.ts';
import { isUnpackedFlag } from '../../base/tar/header-block.ts';
import type { TarEntry } from '../../base/tar/tar-entry.ts';
import { escapesRoot, normalizePath, ROOT } from './entry-path.ts';
import type { LayerFindingLog } from './layer-findings.ts';
import { parseWhiteout } from './whiteout.ts';

export const ENTRY_TYPES = [
  'file',
  'dir',
  'symlink',
  'hardlink',
  'char',
  'block',
  'fifo',
  'whiteout',
  'opaque',
] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

/** A tar entry in the words of layers. The object is used again for the next entry. */
export interface LayerEntry {
  /** The entry as the tar states it. */
  readonly tar: TarEntry;
  /** The normalized path, as bytes. */
  readonly path: ByteText;
  readonly type: EntryType;
  /** Target of a symlink as written, or of a hard link normalized, as bytes; empty otherwise. */
  readonly linkTarget: ByteText;
  /** Hexadecimal SHA-256 of a file's content, once the entry is complete; empty otherwise. */
  readonly sha256: string;
}

export type MutableLayerEntry = { -readonly [K in keyof LayerEntry]: LayerEntry[K] };

/** Puts what a tar states into the words of layers, and says what is odd about it. */
export function describeEntry(tar: TarEntry, entry: MutableLayerEntry, findings: LayerFindingLog): void {
  const path = normalizePath(tar.name);
  entry.tar = tar;
  entry.path = path;
  entry.type = tar.type;
  entry.sha256 = '';
  entry.linkTarget = tar.type === 'hardlink' ? normalizePath(tar.linkName) : tar.linkName;
  if (path.includes('.wh.')) describeWhiteout(entry, findings);
  if (escapesRoot(tar.name)) findings.add('escaping-path', path, `the tar names it ${quote(tar.name)}`);
  if (tar.type === 'hardlink' && escapesRoot(tar.linkName)) {
    findings.add('escaping-link', path, `the tar names its target ${quote(tar.linkName)}`);
  }
  if (tar.xattrs !== null || tar.libarchiveXattrs !== null) describeAttributes(entry, findings);
  if (path === ROOT && tar.type !== 'dir') findings.add('root-replaced', path, `it is stated as ${tar.type}`);
  if (!isUnpackedFlag(tar.typeFlag)) {
    findings.add('unknown-entry-type', path, `its type is 0x${tar.typeFlag.toString(16).padStart(2, '0')}`);
  }
}

/** Attributes that make a directory or file stand for something else where a layer is laid over others. */
const OVERLAY_ATTRIBUTE = /^(?:trusted|user)\.overlay\.|^user\.fuseoverlayfs\./;

function describeAttributes({ tar, path }: LayerEntry, findings: LayerFindingLog): void {
  for (const [name, value] of tar.xattrs ?? []) {
    if (OVERLAY_ATTRIBUTE.test(name)) findings.add('overlay-attribute', path, tellAttribute(name, value));
  }
  for (const [name, value] of tar.libarchiveXattrs ?? []) {
    findings.add('libarchive-attribute', path, tellAttribute(name, value));
  }
}

/** An attribute for the reader of a finding, and all of it in a digest. */
function tellAttribute(name: ByteText, value: ByteText): string {
  return `${quote(name)}, ${digestOf(Buffer.from(`${name}\0${value}`, 'latin1'))}`;
}

/** A name for the reader of a finding, however long and odd it is. */
function quote(name: ByteText): string {
  return JSON.stringify(toText(name).slice(0, 200).toWellFormed());
}

function describeWhiteout(entry: MutableLayerEntry, findings: LayerFindingLog): void {
  const kind = parseWhiteout(entry.path)?.kind;
  if (kind === 'whiteout' || kind === 'opaque') {
    entry.type = kind;
    entry.linkTarget = '';
    if (entry.tar.size > 0) findings.add('whiteout-content', entry.path, `${entry.tar.size} bytes`);
  } else if (kind === 'bad') {
    findings.add('bad-whiteout', entry.path);
  } else if (kind === 'aufs') {
    findings.add('aufs-metadata', entry.path);
  }
}
