import type { Digest } from '../../base/digest.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryItem[];
  readonly [unknown: string]: unknown;
}

/** One line of an image's build history. */
export interface HistoryItem {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}
