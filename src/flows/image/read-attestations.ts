import { hexOf } from '../../base/digest.ts';
import { toVarveError, VarveError } from '../../base/errors.ts';
import {
  type DescribedAttachment,
  isProvenance,
  listStatements,
  parseStatement,
  type StatementLink,
} from '../../core/image/attestation.ts';
import type { Attachment, OpenedSource, SourceImage } from '../../core/image/image-source.ts';
import { locateLayers, type SourceLocation } from '../../core/image/source-location.ts';
import type { Finding } from '../../core/words/finding.ts';

/** The attestations of an image, and what they say about how it was built. */
export interface Attestations {
  /** What speaks of this image, or names no image. */
  readonly attachments: readonly DescribedAttachment[];
  /** The instruction that made each layer, one item a layer; empty where nothing tells. */
  readonly locations: readonly (SourceLocation | null)[];
  /** Predicates of the provenance that was read. */
  readonly provenances: readonly Predicate[];
  /** What could not be read. The image is what it is without it. */
  readonly findings: readonly Finding[];
}

export type Predicate = Readonly<Record<string, unknown>>;

/** An image has one or two attestations; an index may claim any number, and each costs a journey. */
const MOST_READ = 8;

/**
 * Reads what is attached to an image.
 * @param explain whether the instructions and images are wanted that the image was built from: they cost reading the
 * provenance.
 * @param told predicates of provenance that the build itself told; they count before those that are attached.
 */
export async function readAttestations(
  source: OpenedSource,
  image: SourceImage,
  explain: boolean,
  told: readonly Predicate[] = [],
): Promise<Attestations> {
  const findings: Finding[] = [];
  const attachments: DescribedAttachment[] = [];
  const provenances: StatementLink[] = [];
  const attestations = attachedTo(source, image).filter(({ kind }) => kind === 'attestation');
  const read = new Set(attestations.slice(0, MOST_READ));
  for (const attachment of attachedTo(source, image)) {
    const statements = read.has(attachment) ? await readStatements(source, attachment, findings) : [];
    provenances.push(...statements.filter(({ predicateType }) => isProvenance(predicateType)));
    attachments.push({
      ...attachment,
      predicateTypes: statements.flatMap(({ predicateType }) => predicateType ?? []),
    });
  }
  if (!explain) return { attachments, locations: [], provenances: [], findings };
  const toldLocations = locateIn(told, image);
  if (toldLocations !== null) return { attachments, locations: toldLocations, provenances: told, findings };
  const attached = await readProvenances(source, image, provenances, findings);
  const locations = locateIn(attached, image) ?? [];
  return { attachments, locations, provenances: [...told, ...attached], findings };
}

function attachedTo(source: OpenedSource, { manifest }: SourceImage): readonly Attachment[] {
  const subjects = [null, manifest?.digest, source.digest];
  return source.attachments.filter(({ subject }) => subjects.includes(subject));
}

async function readStatements(
  source: OpenedSource,
  attachment: Attachment,
  findings: Finding[],
): Promise<readonly StatementLink[]> {
  const { mediaType, digest, size } = attachment;
  const statements = await unlessFaulty(findings, async () => {
    const bytes = await source.readDocument({ mediaType, digest, size });
    return bytes && listStatements(bytes, attachment);
  });
  return statements ?? [];
}

/** Those that are read until one knows the layers. */
async function readProvenances(
  source: OpenedSource,
  image: SourceImage,
  links: readonly StatementLink[],
  findings: Finding[],
): Promise<readonly Predicate[]> {
  const predicates: Predicate[] = [];
  for (const { descriptor } of links.slice(0, MOST_READ)) {
    const predicate = await unlessFaulty(findings, async () => {
      const bytes = await source.readDocument(descriptor);
      return bytes && readPredicate(bytes, `the provenance ${descriptor.digest}`, image);
    });
    if (predicate === null) continue;
    predicates.push(predicate);
    if (locateIn([predicate], image) !== null) break;
  }
  return predicates;
}

/** The instructions as the first provenance tells them that knows these layers; null where none does. */
function locateIn(
  predicates: readonly Predicate[],
  { layers }: SourceImage,
): readonly (SourceLocation | null)[] | null {
  const blobs = layers.map(({ digest }) => digest);
  for (const predicate of predicates) {
    const locations = locateLayers(predicate, blobs);
    if (locations.some((location) => location !== null)) return locations;
  }
  return null;
}

function readPredicate(bytes: Uint8Array, object: string, { manifest, config }: SourceImage): Predicate {
  const { subjects, predicate } = parseStatement(bytes, object);
  // BuildKit names no subject for a build without a name.
  if (subjects.length === 0 || subjects.includes(hexOf((manifest ?? config).digest))) return predicate;
  throw new VarveError('malformed', `${object} does not describe this image`, { object });
}

/** Null, and a finding, where what is attached is damaged or out of reach: the image itself can still be read. */
async function unlessFaulty<T>(findings: Finding[], read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.isFatal) throw error;
    findings.push({ code: 'attestation', detail: error.message });
    return null;
  }
}
