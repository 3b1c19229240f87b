import { VarveError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/human-size.ts';
import { readFileOrPipe } from '../../../base/read-file.ts';
import { parseReceipt, RECEIPT_BYTES, Received } from '../../../core/kit/receipt.ts';
import type { Store } from '../../../core/store/store.ts';
import { countSnapshots, type KitPlan, planKit } from '../../../flows/kit/plan-kit.ts';
import type { KitSelection } from '../../../flows/kit/select-objects.ts';
import type { Settings } from '../../settings/catalogue.ts';
import { parseDuration } from '../../settings/parse.ts';
import type { Invocation } from './command.ts';
import { findKind } from './find-kind.ts';
import { writeNotes } from './notes.ts';
import { progressOn } from './output.ts';

type KitCall = Invocation<Pick<Settings, 'tenant'>>;

/** Plans the kit that a command line selects, and says what is left out. */
export async function planSelected(store: Store, call: KitCall): Promise<KitPlan> {
  const selection = await readSelection(store, call);
  const received = await readReceived(call.options.receipt);
  const plan = await planKit(store, selection, received, {
    startProgress: progressOn(call),
    signal: call.signal,
  });
  const [first] = plan.incomplete;
  if (first !== undefined) {
    const others = countSnapshots(plan.incomplete) - 1;
    const more = others === 0 ? '' : ` and ${formatCount(others, 'other')}`;
    const what = `snapshot ${first.snapshotDigest} of ${first.name}${more}`;
    writeNotes([`left out, since the store has not kept all that they consist of: ${what}`], call);
  }
  const { items, images, history } = plan.index;
  if (items.length + images.length + history.length === 0)
    writeNotes(['the receiver has all of it already: the kit is empty'], call);
  return plan;
}

async function readSelection(
  store: Store,
  { settings: { tenant }, options }: KitCall,
): Promise<KitSelection> {
  const list = (value: unknown): string[] => (Array.isArray(value) ? [...new Set(value.map(String))] : []);
  return {
    tenant,
    names: list(options.name),
    images: list(options.image),
    kinds: await Promise.all(list(options.kind).map((kind) => findKind(store, tenant, kind))),
    since: options.since === undefined ? null : parseSince(String(options.since), Date.now()),
  };
}

/**
 * Takes a time, such as `2026-05-01` or `2026-05-01T12:00:00Z`, or how long ago: `12h`, `30d`, `4w`.
 * @param now in milliseconds since 1970, as the result is.
 * @throws VarveError `bad-option`.
 */
export function parseSince(text: string, now: number): number {
  if (/^\d+\s*[smhdw]$/i.test(text)) return now - parseDuration(text);
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)?$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new VarveError('bad-option', `--since ${text.slice(0, 100)} is not a time`, {
    object: '--since',
    hint: 'write 2026-05-01, 2026-05-01T12:00:00Z, or how long ago: 12h, 30d, 4w',
  });
}

async function readReceived(path: unknown): Promise<Received> {
  if (path === undefined) return new Received(null);
  const file = String(path);
  let bytes: Uint8Array;
  try {
    bytes = await readFileOrPipe(file, RECEIPT_BYTES);
  } catch (cause) {
    throw new VarveError('bad-option', `the receipt ${file} cannot be read`, {
      object: file,
      hint: 'make it with varve kit receipt, where the kit will be imported',
      cause,
    });
  }
  return new Received(parseReceipt(bytes, file));
}
