import { canonicalJson } from '../../base/canonical-json.ts';
import { VarveError } from '../../base/errors.ts';
import { renderHistory } from '../../core/report/text/history.ts';
import { readHistory } from '../../flows/read-history.ts';
import { Stores } from '../compose.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { parseCount } from '../settings/parse.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { defaultStorePath } from './default-store.ts';

export const run: RunCommand<'platform' | 'cas-root' | 'tenant'> = async ({
  settings,
  output,
  format,
  options,
  arguments: args,
}) => {
  const [name = ''] = args;
  const store = new Stores().directory(settings['cas-root'] ?? defaultStorePath(output.environment));
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : parseCount(String(options.limit));
  const { tenant, platform } = settings;
  const warn = (message: string): void => void output.stderr.write(`varve: ${message}\n`);
  const rows = await readHistory(store, { tenant, name, platform, limit, warn });
  if (rows.length === 0) {
    const names = await store.history.names(tenant);
    throw new VarveError('artefact-not-found', `${store.location} has no history of ${name}`, {
      object: name,
      hint: names.length === 0 ? 'it has none of any name' : `it has ${names.slice(0, 20).join(', ')}`,
    });
  }
  const entries = rows.map(({ entry }) => entry);
  if (format === 'json') output.stdout.write(`${canonicalJson(entries)}\n`);
  else if (format === 'ndjson')
    output.stdout.write(entries.map((entry) => `${canonicalJson(entry)}\n`).join(''));
  else output.stdout.write(renderHistory(rows, describeTerminal(output.stdout, output.environment)));
  return EXIT_STATUS.done;
};
