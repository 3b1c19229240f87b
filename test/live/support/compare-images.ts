import { join } from 'node:path';
import type { Comparison } from '../../../src/core/comparison/comparison.ts';
import { DIST } from '../../support/run-varve.ts';
import { run } from './program.ts';

/** What the command line says of two images. */
export interface Compared extends Comparison {
  /** `status` or `status: cause` of each layer. */
  readonly told: readonly string[];
  /** The text report; advice stands on one line each. */
  readonly text: string;
  /** The line that says it all. */
  readonly outcome: string | undefined;
}

/** @param store folder of the store to use. */
export async function compareImages(
  store: string,
  base: string,
  target: string,
  ...options: readonly string[]
): Promise<Compared> {
  const command = [join(DIST, 'cli.js'), 'compare', base, target, '--cas-root', store, ...options];
  const comparison: Comparison = JSON.parse(await run(process.execPath, [...command, '--format', 'json']));
  const text = await run(process.execPath, command, { env: { COLUMNS: '1000' } });
  return {
    ...comparison,
    told: comparison.layers.map(({ status, cause }) =>
      cause === undefined ? status : `${status}: ${cause}`,
    ),
    text: text.replaceAll(/\n {2}(?=\S)/g, ' '),
    outcome: /^[✓↻Δ?] [^:\n]+/m.exec(text)?.[0],
  };
}

/** The files that count, each with what became of it and the layer that did it. */
export function changedFiles({ files }: Comparison): string[] {
  const counted = files?.entries.filter(({ volatile }) => volatile !== true) ?? [];
  return counted.map(({ path, status, layer }) => `${status} ${path} by ${layer}`);
}

export const same = (told: string, count: number): string[] => Array.from({ length: count }, () => told);
