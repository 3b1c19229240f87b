import type { RebuildCause } from '../comparison/comparison.ts';
import { code, type Phrase, phrase } from './phrase.ts';

/**
 * Why a layer was rebuilt, as the report says it; `unseen` content shows nowhere in the image, as when later layers hide it, and
 * `uncounted` is volatile or hidden by patterns of the user.
 */
export type ToldCause = RebuildCause | 'volatile' | 'uncounted' | 'unseen';

/** All that a report says about a cause. */
interface Cause {
  /** In a table, where a reader has no name for it yet. */
  readonly label: string;
  /** The same in the narrow tables of a page; left out where the cause's own name is plain. */
  readonly word?: string;
  /** As in "nothing differs but …". */
  readonly difference: string;
  /** As in "…; only timestamps differ": where files are the same as before. */
  readonly harmless: string | null;
  /** What to do where files are the same as before, as in "… holds the same files as before: …". */
  readonly remedy: Phrase | null;
}

const EPOCH = phrase`set ${code('SOURCE_DATE_EPOCH')}, and ${code('rewrite-timestamp=true')} in buildx's ${code('--output')}`;

export const CAUSES: Readonly<Record<ToldCause, Cause>> = {
  content: {
    label: 'content',
    difference: 'content',
    harmless: null,
    remedy: null,
  },
  volatile: {
    label: 'content, volatile',
    difference: 'volatile files',
    harmless: null,
    remedy: null,
  },
  uncounted: {
    label: 'content, not counted',
    word: 'not counted',
    difference: 'files that do not count',
    harmless: null,
    remedy: null,
  },
  unseen: {
    label: 'content, not visible',
    word: 'not visible',
    difference: 'what the image does not show',
    harmless: null,
    remedy: null,
  },
  timestamps: {
    label: 'timestamps only',
    difference: 'timestamps',
    harmless: 'only timestamps differ',
    remedy: EPOCH,
  },
  ownership: {
    label: 'ownership only',
    difference: 'ownership',
    harmless: 'only owners differ',
    remedy: phrase`give users and groups fixed numeric ids, and use ${code('COPY --chown')}`,
  },
  mode: {
    label: 'modes only',
    difference: 'modes',
    harmless: 'only modes differ',
    remedy: phrase`use ${code('COPY --chmod')}, or ${code('umask 022')} in the step, since the umask of the build machine has an effect`,
  },
  xattrs: {
    label: 'xattrs only',
    difference: 'extended attributes',
    harmless: 'only extended attributes differ',
    remedy: ['leave out extended attributes, such as security labels, that come from the build machine'],
  },
  order: {
    label: 'order only',
    difference: 'the order of entries',
    harmless: 'only the order of entries differs',
    remedy: ['they were written in another order, so build with one version of one builder'],
  },
  metadata: {
    label: 'metadata only',
    difference: 'metadata',
    harmless: 'only metadata differs',
    remedy: phrase`${EPOCH}; fix owners and modes with ${code('--chown')} and ${code('--chmod')}`,
  },
  'tar-encoding': {
    label: 'tar encoding only',
    word: 'tar encoding',
    difference: 'the tar encoding',
    harmless: 'only the encoding of the archives differs',
    remedy: ['they were archived in another way, so build with one version of one builder'],
  },
  step: {
    label: 'step edited',
    difference: 'the instruction',
    harmless: null,
    remedy: null,
  },
};
