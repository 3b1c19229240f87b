import { VarveError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/human-size.ts';
import { toOutput } from '../../../core/history/history.ts';
import { type HistoryExpression, parseHistoryName } from '../../../core/history/history-expression.ts';
import { noHistoryOf } from '../../../core/history/no-history.ts';
import type { Store } from '../../../core/store/store.ts';
import { passOver } from '../../../core/surface/damage.ts';
import { parseDigestPrefix } from '../../../core/words/digest-prefix.ts';
import { formatPlatform, type Platform } from '../../../core/words/platform.ts';
import { completeLayer } from '../../../flows/look/find-by-prefix.ts';
import { findLayerUses } from '../../../flows/look/find-layer-uses.ts';
import { findName } from '../../../flows/look/find-name.ts';
import { readHistory } from '../../../flows/look/read-history.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { Settings, SettingsOf } from '../../settings/catalogue.ts';
import { parseCount, parseLabeled } from '../../settings/parse.ts';
import { renderHistory, renderLayerUses, renderNames } from '../listing/history.ts';
import type { Call, Invocation, RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { writeAtOnce } from './output.ts';

export const run: RunCommand<'history'> = async (invocation) => {
  const { layer } = invocation.options;
  const store = await openStore(invocation);
  if (layer === undefined) await listName(store, invocation);
  else await listLayer(store, String(layer), invocation);
  return EXIT_STATUS.done;
};

/** The one platform that is asked for; without a wish all are listed. */
const onlyPlatform = ({ platform }: Pick<Settings, 'platform'>): Platform | undefined =>
  platform === 'all' ? undefined : platform;

async function listName(store: Store, invocation: Invocation<SettingsOf<'history'>>): Promise<void> {
  const { settings } = invocation;
  const [written] = invocation.arguments;
  if (written === undefined) return listNames(store, invocation);
  const { tenant } = settings;
  const platform = onlyPlatform(settings);
  const { name, back } = await findHistory(store, tenant, written);
  const rows = await readHistory(store, { tenant, name, platform, back, ...listing(invocation) });
  if (rows.length === 0) {
    if (back > 0) await refuseTooFar(store, invocation, { name, back });
    const names = await store.history.names(tenant);
    if (platform === undefined || !names.includes(name)) throw noHistoryOf(name, store.location, names);
    throw new VarveError(
      'not-in-store',
      `${store.location} has no history of ${name} for ${formatPlatform(platform)}`,
      {
        object: name,
        hint: 'leave out --platform to see which platforms it has',
      },
    );
  }
  writeAtOnce(invocation, rows.map(toOutput), (terminal) => renderHistory(rows, terminal, back));
}

/** What is written may be a name with `~1` in it, too. */
async function findHistory(store: Store, tenant: string, written: string): Promise<HistoryExpression> {
  const whole = await findName(store, tenant, written);
  for await (const _ of store.history.list({ tenant, name: whole, onDamage: passOver }))
    return { name: whole, back: 0 };
  const { name, back } = parseHistoryName(written);
  return { name: await findName(store, tenant, name), back };
}

/** @throws VarveError `not-in-store` where there is a history, and it does not reach so far back. */
async function refuseTooFar(
  store: Store,
  { settings }: Invocation<SettingsOf<'history'>>,
  { name, back }: HistoryExpression,
): Promise<void> {
  const platform = onlyPlatform(settings);
  let count = 0;
  for await (const _ of store.history.list({ tenant: settings.tenant, name, ...(platform && { platform }) }))
    count += 1;
  if (count === 0) return;
  throw new VarveError(
    'not-in-store',
    `${name}~${back} is not in ${store.location}, which has ${formatCount(count, 'snapshot')} of ${name}`,
    { object: name, hint: `varve history ${name} lists them` },
  );
}

async function listNames(store: Store, invocation: Invocation<SettingsOf<'history'>>): Promise<void> {
  const names = await store.history.names(invocation.settings.tenant);
  if (names.length === 0) {
    throw new VarveError('not-in-store', `${store.location} has no history`, {
      object: store.location,
      hint: 'varve snapshot IMAGE records an image; check the store, and --tenant',
    });
  }
  const shown = [...names].sort().slice(0, listing(invocation).limit);
  writeAtOnce(
    invocation,
    shown.map((name) => ({ name })),
    () => renderNames(shown),
  );
}

async function listLayer(
  store: Store,
  text: string,
  invocation: Invocation<SettingsOf<'history'>>,
): Promise<void> {
  const { settings } = invocation;
  const [written] = invocation.arguments;
  const { tenant } = settings;
  const name = written === undefined ? undefined : (await findHistory(store, tenant, written)).name;
  const prefix = parseDigestPrefix(text);
  if (prefix === null) throw notADigest(text);
  const layer = (await completeLayer(store, tenant, prefix)) ?? noLayer(store, text);
  const platform = onlyPlatform(settings);
  const entries = await findLayerUses(store, { tenant, layer, name, platform, ...listing(invocation) });
  if (entries.length === 0) noLayer(store, layer);
  writeAtOnce(invocation, entries, (terminal) => renderLayerUses(entries, terminal));
}

function noLayer({ location }: Store, layer: string): never {
  throw new VarveError('not-in-store', `${location} has no snapshot with the layer ${layer}`, {
    object: layer,
    hint: 'name it by its diffID, or by its digest where it was read from a registry or layout',
  });
}

function notADigest(text: string): VarveError {
  return new VarveError('bad-reference', `--layer: ${JSON.stringify(text.slice(0, 200))} is not a digest`, {
    object: '--layer',
    hint: 'write a digest or diffID, or at least 4 digits of it; varve inspect IMAGE lists those of an image',
  });
}

/** How many to list, and what is done about damage on the way. */
function listing({ options, output }: Call): { limit: number; warn: (message: string) => void } {
  return {
    limit:
      options.limit === undefined
        ? Number.POSITIVE_INFINITY
        : parseLabeled('--limit', String(options.limit), parseCount),
    warn: (message) => void output.stderr.write(`varve: ${message}\n`),
  };
}
