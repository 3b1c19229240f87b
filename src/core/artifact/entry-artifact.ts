import { digestOf } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import { entryBytes } from '../history/entry-path.ts';
import { entryTag } from '../history/entry-tag.ts';
import { type HistoryEntry, HistoryEntrySchema } from '../history/history.ts';
import { type Descriptor, embeddedData } from '../image/descriptor.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { type Artifact, parseArtifact } from './artifact-manifest.ts';
import { ENTRY_TYPE } from './media-type.ts';

/** A snapshot as an artifact: one entry of a history, with what the next comparison needs of it. */
export interface EntryArtifact {
  readonly entry: HistoryEntry;
  readonly artifact: Artifact;
  /** Whether it came with a kit: no run that read the image's layers wrote it. */
  readonly isCarried: boolean;
}

/** The annotations of the artifact of an entry that came with a kit. */
export const CARRIED = { 'dev.varve.carried': 'true' } as const;

/** The config of an entry's artifact: the entry, embedded so that a history is read without fetching blobs. */
export function entryConfig(entry: HistoryEntry): Descriptor {
  const bytes = entryBytes(entry);
  return {
    mediaType: ENTRY_TYPE,
    digest: digestOf(bytes),
    size: bytes.length,
    data: bytes.toString('base64'),
  };
}

/**
 * Reads the artifact of an entry and checks it against the tag that it was found under.
 * @throws VarveError `malformed`, `digest-mismatch`, `unsupported`.
 */
export function parseEntryArtifact(
  bytes: Uint8Array,
  { object, tag }: { readonly object: string; readonly tag: string },
  limits: Limits,
): EntryArtifact {
  const artifact = parseArtifact(bytes, { object, digest: null }, limits);
  const { config } = artifact.manifest.value;
  const content = config.mediaType === ENTRY_TYPE ? embeddedData(config) : null;
  if (content === null) throw malformed(object, 'has no history entry');
  const entry = parseStored(HistoryEntrySchema, content, object, limits);
  if (entryTag(entry) !== tag) throw malformed(object, `is the entry of ${entryTag(entry)}`);
  const { annotations = {} } = artifact.manifest.value;
  return { entry, artifact, isCarried: Object.keys(CARRIED).some((key) => key in annotations) };
}
