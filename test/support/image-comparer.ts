import type { Comparison } from '../../src/core/comparison/comparison.ts';
import type { IgnoreRule } from '../../src/core/comparison/ignore-rule.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { Store } from '../../src/core/store/store.ts';
import type { Platform } from '../../src/core/words/platform.ts';
import type { Tools } from '../../src/entry/compose/tools.ts';
import { compareImages } from '../../src/flows/compare/compare-images.ts';
import { composeQuietTools } from './compose-tools.ts';
import { makeOrigin } from './item-makers.ts';

const PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Compares images as the command line does, with a given store; dispose of it to end its threads. */
export class ImageComparer implements AsyncDisposable {
  readonly #tools: Tools;

  constructor(store: Store) {
    this.#tools = composeQuietTools(store);
  }

  /** Compares references or digests of stored snapshots; with the built-in ignore list unless rules are given. */
  compare(
    base: string,
    target: string,
    ignore?: readonly IgnoreRule[],
  ): Promise<{ readonly comparison: Comparison; readonly report: Report }> {
    const comparing = ignore === undefined ? {} : { ignore };
    const kept = this.#tools.store;
    return compareImages(this.#tools, { kept, base, target, comparing, origin: makeOrigin() }, PLATFORM);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tools[Symbol.asyncDispose]();
  }
}
