import { VarveError } from '../../base/errors.ts';
import {
  familiarRepository,
  isDockerName,
  parseDockerName,
  sameDockerName,
} from '../../core/image/docker-name.ts';
import type { OpenedSource } from '../../core/image/image-source.ts';
import { formatReference } from '../../core/image/reference.ts';
import { EngineClient } from '../engine/engine-client.ts';
import { type EngineSettings, findEngineEndpoint } from '../engine/engine-endpoint.ts';
import type { Inspection } from '../engine/engine-messages.ts';
import { EngineExport, type ExportOptions } from './engine-export.ts';
import { openKnownImage } from './engine-known-image.ts';
import { explainMissing } from './engine-missing-image.ts';
import { EngineStored } from './engine-stored.ts';
import type { KnownDocuments } from './known-documents.ts';

export interface EngineImageOptions extends ExportOptions {
  readonly settings: EngineSettings;
  readonly known: KnownDocuments;
}

/**
 * Opens an image of the engine that the docker client would use. It is asked what the image is before anything else:
 * one whose documents are known is exported only for layers that must be read.
 * @param name a name, an ID, or the beginning of one.
 * @throws VarveError `image-not-found`, `unreachable`, `denied`.
 */
export async function openEngineImage(name: string, options: EngineImageOptions): Promise<OpenedSource> {
  const endpoint = findEngineEndpoint(options.settings);
  if (endpoint === null) throw noEngine(name);
  const engine = new EngineClient(endpoint);
  const inspection = await engine.inspect(name);
  if (inspection === null) throw await explainMissing(engine, name);
  const exported = new EngineExport(engine, inspection, options);
  const opened = (await openUnexported(engine, inspection, exported, options)) ?? (await exported.open());
  return {
    ...opened,
    reference: formatReference({ transport: 'docker-daemon', name }),
    digest: opened.digest && (inspection.Descriptor?.digest ?? opened.digest),
    embeddedName: repositoryOf(name, inspection),
    [Symbol.asyncDispose]: () => exported[Symbol.asyncDispose](),
  };
}

/** Opens an image whose documents earlier runs met, or which are in files that this process may read. */
async function openUnexported(
  engine: EngineClient,
  inspection: Inspection,
  exported: EngineExport,
  { known, limits }: EngineImageOptions,
): Promise<OpenedSource | null> {
  const stored = new EngineStored(engine, limits.jsonBytes);
  const documents: KnownDocuments = {
    manifest: async (digest) => (await known.manifest(digest)) ?? stored.manifest(digest),
    config: async (digest) => (await known.config(digest)) ?? stored.config(digest),
  };
  const opened = await openKnownImage(inspection, documents, limits);
  return (
    opened && {
      ...opened,
      image: async (index) => {
        const image = await opened.image(index);
        return exported.defer(image, [stored.way(image)]);
      },
    }
  );
}

/** An image that was asked for by its ID goes by the first of its names. */
function repositoryOf(asked: string, { Id, RepoTags }: Inspection): string | null {
  const isId = Id.replace(/^sha256:/, '').startsWith(asked.replace(/^sha256:/, ''));
  const isName = !isId || RepoTags.some((tag) => sameDockerName(tag, asked));
  const name = isName ? asked : RepoTags[0];
  return name !== undefined && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}

function noEngine(name: string): VarveError {
  const object = formatReference({ transport: 'docker-daemon', name });
  return new VarveError('unreachable', `${object}: no container engine was found here`, {
    object,
    hint: 'start Docker or Podman, or say where one is with DOCKER_HOST',
  });
}
