import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { looseShape } from './raw-document.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  /** The content itself, in base64. */
  readonly data?: string;
  readonly [unknown: string]: unknown;
}

const OTHER_ALGORITHM = /^(?!sha256:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/;

/** A digest in a document. Anything that is not a digest is refused here, before it could become a path. */
export const DocumentDigest = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed && !isDigest(dataset.value) && !OTHER_ALGORITHM.test(dataset.value)) {
      addIssue({ message: `not a digest: ${JSON.stringify(dataset.value.slice(0, 100))}` });
    }
  }),
  v.transform(takeDigest),
);

function takeDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new VarveError('unsupported', `${text.slice(0, 100)}: only SHA-256 digests are supported`, {
    object: text.slice(0, 100),
  });
}

export const descriptorEntries = {
  mediaType: v.string(),
  digest: DocumentDigest,
  size: v.pipe(
    v.number(),
    v.safeInteger('not a whole number that can be counted to'),
    v.minValue(0, 'less than nothing'),
  ),
  urls: v.exactOptional(v.array(v.string())),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
  artifactType: v.exactOptional(v.string()),
  data: v.exactOptional(v.pipe(v.string(), v.base64())),
};

export const DescriptorSchema: v.GenericSchema<unknown, Descriptor> = v.pipe(
  looseShape(descriptorEntries),
  v.transform(verifyEmbedded),
);

/**
 * Lets a descriptor through whose embedded content, if any, is what its size and digest claim.
 * @throws VarveError `size-mismatch`, `digest-mismatch`.
 */
export function verifyEmbedded<T extends Descriptor>(descriptor: T): T {
  const content = embeddedData(descriptor);
  if (content === null) return descriptor;
  const { digest, size } = descriptor;
  const object = `the data embedded for ${digest}`;
  if (content.length !== size) {
    throw new VarveError('size-mismatch', `${object} is ${content.length} bytes, not ${size} as declared`, {
      object,
    });
  }
  if (digestOf(content) !== digest) {
    throw new VarveError('digest-mismatch', `${object} has another digest`, { object });
  }
  return descriptor;
}

/** The content that a descriptor carries with it, if any. */
export function embeddedData(descriptor: Descriptor): Buffer | null {
  return descriptor.data === undefined ? null : Buffer.from(descriptor.data, 'base64');
}
