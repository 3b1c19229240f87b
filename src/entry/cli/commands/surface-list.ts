import { canonicalJson } from '../../../base/canonical-json.ts';
import { itemLine } from '../../../core/report/text/surface.ts';
import type { ItemManifest } from '../../../core/surface/manifest.ts';
import { parseKind } from '../../../core/words/names.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { mapEach, writeLines } from './output.ts';

export const run: RunCommand<'surface list'> = async (invocation) => {
  const { settings, output, format, options, host } = invocation;
  const store = await openStore(invocation);
  const { palette } = describeTerminal(output.stdout, host.environment);
  let damaged = 0;
  const found = store.surface.list({
    tenant: settings.tenant,
    ...(options.kind !== undefined && { kind: parseKind(String(options.kind)) }),
    onDamage: ({ object, problem }) => {
      damaged++;
      output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
    },
  });
  if (format === 'json') output.stdout.write(`${canonicalJson(await Array.fromAsync(found))}\n`);
  else {
    const line = (manifest: ItemManifest): string =>
      format === 'ndjson' ? canonicalJson(manifest) : itemLine(manifest, palette);
    await writeLines(output.stdout, mapEach(found, line));
  }
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
