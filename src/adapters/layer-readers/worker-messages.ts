import type { CodecEngine } from '../../base/compression/format.ts';
import type { Limits } from '../../base/limits.ts';
import type { LayerReading } from '../../core/reading/layer-reader.ts';
import type { RegistryAccess } from '../registry/registry-access.ts';
import type { LayerTask } from './layer-task.ts';

/** What a layer worker is asked to do. */
export interface LayerWork {
  readonly task: LayerTask;
  readonly limits: Limits;
  readonly engine: CodecEngine;
  /** How registries are reached; null where none is. */
  readonly registryAccess: RegistryAccess | null;
}

/** What it says meanwhile. */
export type LayerNews =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'reading'; readonly reading: LayerReading };
