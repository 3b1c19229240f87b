import { FindingLog, OMITTED } from './finding-log.ts';

/** Every oddity that a layer itself shows, with one sentence for the documentation. */
export const LAYER_FINDINGS = {
  'escaping-path':
    'A name leads above the root with `..`: it is listed at the root and has no effect, though engines put it there or refuse its layer.',
  'escaping-link':
    'The target of a hard link leads above the root with `..`: the entry has no effect, though some engines look for the target at the root.',
  'root-replaced': 'The root is something other than a directory: the entry has no effect.',
  'bad-whiteout': 'A whiteout names nothing, `.` or `..`: it has no effect.',
  'whiteout-content': 'A whiteout carries content, which no engine shows.',
  'aufs-metadata':
    'Bookkeeping of AUFS (`.wh..wh.*` at the root): it has no effect, though some engines take the content of hard links from it.',
  'unknown-entry-type':
    'A tar entry has a type that container engines do not unpack: it is read as a file, though engines refuse its layer.',
  'libarchive-attribute':
    'An extended attribute stands under a keyword of libarchive alone (`LIBARCHIVE.xattr.`): it is ignored, as in container engines.',
  'overlay-attribute':
    'An extended attribute is one by which overlay filesystems hide or redirect what lower layers have: here it is only an attribute, though some engines obey it.',
  'pax-global-header':
    'A global extended header would change entries: it is ignored, as in container engines, although programs such as GNU tar obey it.',
  'pax-global-name':
    'A global extended header has a name that programs do not give it: it is only a header, though engines remove what the name says or names, as a whiteout or path, and make its folders.',
  'stray-header': 'An extended header has no entry after it: it has no effect.',
  'trailing-data': 'Data follows the end of the archive: no engine shows it.',
  [OMITTED]: 'There are more findings of one kind than are listed.',
} as const;

export type LayerFindingCode = Exclude<keyof typeof LAYER_FINDINGS, typeof OMITTED>;

export type LayerFindingLog = FindingLog<LayerFindingCode>;

/** Entries that escape the root have no effect, so each must be listed. */
const COMPLETE = new Map<LayerFindingCode, string>([
  ['escaping-path', 'too many entries escape the root'],
  ['escaping-link', 'too many entries escape the root'],
]);

/** Opens the log of what a layer itself shows. */
export function openLayerLog(object: string): LayerFindingLog {
  return new FindingLog({ object, complete: COMPLETE });
}
