import { createHash } from 'node:crypto';
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** How the process that asks for a sample tells those that test it. */
export const SAMPLE_VARIABLES = { count: 'VARVE_MUTANTS_COUNT', seed: 'VARVE_MUTANTS_SEED' } as const;

/** Draws so many mutants: of the same code by the same seed, the same ones. */
export function drawMutants<M extends Pick<Mutant, 'id'>>(
  mutants: readonly M[],
  count: number,
  seed: string,
): M[] {
  const rank = (id: string): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant.id) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** Lets only drawn mutants be tested. All are asked about at once, since one group is made of them. */
class Sample implements Checker {
  async init(): Promise<void> {}

  async group(mutants: Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    const { [SAMPLE_VARIABLES.count]: count = '', [SAMPLE_VARIABLES.seed]: seed = '' } = process.env;
    const drawn = new Set(drawMutants(mutants, Number(count), seed));
    const result = (mutant: Mutant): CheckResult =>
      drawn.has(mutant)
        ? { status: CheckStatus.Passed }
        : { status: CheckStatus.CompileError, reason: 'it was not drawn' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, result(mutant)]));
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', Sample as never)];
