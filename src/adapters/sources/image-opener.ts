import { existsSync } from 'node:fs';
import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { ImageSource, OpenedSource } from '../../core/image/image-source.ts';
import { formatReference, type ImageReference, parseReference } from '../../core/image/reference.ts';
import { openDetected } from './file-sources.ts';

/** Opens what a user names: a reference, a path whose kind shows when one looks, or a bare word. */
export interface ImageOpener {
  /** @throws VarveError `bad-reference`, `image-not-found`, `not-an-image`; faults of the bytes as `malformed`, … */
  open(text: string): Promise<OpenedSource>;
}

/** Where a bare word is looked for that no image stands under as a file, in this order. */
const NAMED = ['docker-daemon:', 'docker://'] as const;

/** Opens images by name, from the sources that there are. */
export function createImageOpener(sources: readonly ImageSource[], limits: Limits): ImageOpener {
  const sourceOf = (reference: ImageReference): ImageSource | undefined =>
    sources.find(({ transport }) => transport === reference.transport);

  const openNamed = async (text: string, missing: VarveError): Promise<OpenedSource> => {
    for (const prefix of NAMED) {
      const reference = parseReference(`${prefix}${text}`);
      const source = reference.transport === null ? undefined : sourceOf(reference);
      if (reference.transport === null || source === undefined) continue;
      try {
        return await source.open(reference);
      } catch (fault) {
        missing = unlessAbsent(fault);
      }
    }
    throw missing;
  };

  return {
    open: async (text) => {
      const reference = parseReference(text, existsSync);
      if (reference.transport !== null) {
        const source = sourceOf(reference);
        if (source === undefined) throw noTransport(reference, sources);
        return source.open(reference);
      }
      try {
        return await openDetected(reference, limits);
      } catch (fault) {
        if (reference.pathOnly) throw fault;
        return openNamed(text, unlessAbsent(fault));
      }
    },
  };
}

/** A bare word means a file only where an image is: one that is none does not hide the image of that name. */
function unlessAbsent(fault: unknown): VarveError {
  const error = toVarveError(fault);
  if (error.code === 'image-not-found' || error.code === 'malformed') return error;
  throw error;
}

function noTransport(reference: ImageReference, sources: readonly ImageSource[]): VarveError {
  const text = formatReference(reference);
  const known = sources
    .map(({ transport }) => (transport === 'docker' ? 'docker://' : `${transport}:`))
    .join(', ');
  return new VarveError(
    'bad-reference',
    `${text}: the transport ${reference.transport} is not there yet, only ${known}`,
    {
      object: text,
      hint: 'save the image as a file first: docker save -o image.tar NAME, or skopeo copy … oci:DIR',
    },
  );
}
