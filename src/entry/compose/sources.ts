import type { EngineExports } from '../../adapters/engine/engine-exports.ts';
import type { Registries } from '../../adapters/registry/registries.ts';
import { createEngineSource } from '../../adapters/sources/engine/engine-source.ts';
import { createFileSources } from '../../adapters/sources/files/file-sources.ts';
import { createStandardInputSource } from '../../adapters/sources/files/standard-input.ts';
import type { KnownDocuments } from '../../adapters/sources/known-documents.ts';
import { createRegistrySource } from '../../adapters/sources/registry/registry-source.ts';
import type { Limits } from '../../base/limits.ts';
import type { ImageSource } from '../../core/image/image-source.ts';
import type { Host } from '../host/host.ts';

/** What sources may need. */
export interface SourceContext {
  readonly limits: Limits;
  readonly host: Host;
  readonly registries: Registries;
  readonly exports: EngineExports;
  /** Manifests and configs that the run's store has. */
  readonly known: KnownDocuments;
  /** Takes what must be gone at the end, whatever way that comes. */
  readonly resources: AsyncDisposableStack;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal | undefined;
}

/** Every transport of images, in the order of hints. A new one is a line here. */
export const SOURCES: readonly ((context: SourceContext) => readonly ImageSource[])[] = [
  ({ limits }) => createFileSources(limits),
  ({ limits, host: { temporaryFolder }, resources, signal }) => [
    createStandardInputSource({ limits, temporaryFolder, resources, signal }),
  ],
  ({ host, limits, known, exports, signal }) => [
    createEngineSource({ settings: host, limits, known, exports, signal }),
  ],
  ({ registries, limits, known }) => [createRegistrySource(registries, { limits, known })],
];
