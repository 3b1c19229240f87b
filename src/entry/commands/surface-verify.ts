import { canonicalJson } from '../../base/canonical-json.ts';
import { damageLine, verifySummary } from '../../core/report/text/surface.ts';
import { verifyStore } from '../../core/verify-store.ts';
import { Stores } from '../compose.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { defaultStorePath } from './default-store.ts';

export const run: RunCommand<'cas-root' | 'tenant'> = async ({ settings, output, format }) => {
  const store = new Stores().directory(settings['cas-root'] ?? defaultStorePath(output.environment));
  const { palette } = describeTerminal(output.stdout, output.environment);
  const damages = await Array.fromAsync(verifyStore(store));
  if (format === 'json') output.stdout.write(`${canonicalJson(damages)}\n`);
  else if (format === 'ndjson')
    output.stdout.write(damages.map((damage) => `${canonicalJson(damage)}\n`).join(''));
  else {
    const lines = [
      ...damages.map((damage) => damageLine(damage, palette)),
      verifySummary(damages.length, palette),
    ];
    output.stdout.write(`${lines.join('\n')}\n`);
  }
  return damages.length === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
