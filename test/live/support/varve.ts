import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InventoryEntry } from '../../../src/core/analysis/files/inventory.ts';
import type { TreeEntry } from '../../../src/core/rootfs/tree.ts';
import { DIST } from '../../support/run-varve.ts';
import { readLines } from './json-lines.ts';
import { run } from './program.ts';

/** The built command line with a store of its own. */
export class Varve {
  readonly store: string;

  constructor(store: string) {
    this.store = store;
    mkdirSync(dirname(store), { recursive: true });
  }

  /** Runs a command that must succeed and gives its stdout. */
  run(...args: readonly string[]): Promise<string> {
    return run(process.execPath, [join(DIST, 'cli.js'), ...args, '--cas-root', this.store]);
  }

  async layerLs(image: string, layer: string | number): Promise<InventoryEntry[]> {
    return this.#lines<InventoryEntry>('layer', 'ls', image, String(layer));
  }

  async tree(image: string): Promise<TreeEntry[]> {
    return this.#lines<TreeEntry>('tree', image);
  }

  async #lines<Line>(...args: readonly string[]): Promise<Line[]> {
    const report = `${this.store}.ndjson`;
    const command = [join(DIST, 'cli.js'), ...args, '--format', 'ndjson', '--cas-root', this.store];
    await run(process.execPath, command, { stdout: report });
    return readLines<Line>(report);
  }
}
