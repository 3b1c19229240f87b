import { stat } from 'node:fs/promises';
import { toVarveError, VarveError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/human-size.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { readFileOrPipe } from '../../../base/read-file.ts';
import type { Pointer } from '../../../core/run/pointer.ts';
import { parsePointersOfRun } from '../../../core/run/pointers.ts';
import type { Store } from '../../../core/store/store.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { verifyRun } from '../../../flows/look/verify-run.ts';
import { namesKit } from '../../compose/kit-names.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { openLookUp } from '../../compose/open-look-up.ts';
import { listForms, parsePlace, storeOf } from '../../settings/baseline.ts';
import type { SettingsOf } from '../../settings/catalogue.ts';
import type { StorePlace } from '../../stores/store-kind.ts';
import type { Invocation, RunCommand } from './command.ts';
import { writeNotes } from './notes.ts';
import { openStore } from './open-store.ts';
import { progressOn } from './output.ts';
import { reportDamages, verifyWholeStore } from './report-damages.ts';

/** Verifies a store, or what the pointer of a run names. */
export const run: RunCommand<'verify'> = async (invocation) => {
  const [thing] = invocation.arguments;
  const place = thing === undefined || namesKit(thing) ? null : await findPlace(thing);
  if (invocation.options.replay !== undefined && (thing === undefined || namesKit(thing) || place !== null)) {
    throw replayedWithout(thing);
  }
  if (thing === undefined) return verifyWholeStore(await openStore(invocation), invocation);
  if (namesKit(thing)) return verifyCarried(thing, invocation);
  if (place === null) return verifyPointers(thing, invocation);
  return verifyWholeStore(await openLookUp(invocation, place), invocation);
};

/** The store that a text names; null for the path of a file. */
async function findPlace(text: string): Promise<StorePlace | null> {
  const isFolder = await stat(text).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return storeOf([parsePlace(isFolder ? `dir:${text}` : text)]);
}

type Call = Invocation<SettingsOf<'verify'>>;

/** A kit is verified up to the first damage: it is imported whole, or not at all. */
async function verifyCarried(text: string, call: Call): Promise<number> {
  const { settings, resources, host, signal } = call;
  const { openKit } = await import('../../compose/kits.ts');
  const { readKitIndex, verifyKit } = await import('../../../flows/kit/read-kit.ts');
  const access = readRegistryAccess(settings, host);
  const damages: Damage[] = [];
  try {
    const kit = await openKit(text, { access, resources, signal });
    await verifyKit(kit, await readKitIndex(kit), { startProgress: progressOn(call), signal: call.signal });
  } catch (fault) {
    const { kind, code, object = text } = toVarveError(fault);
    if (code === 'kit-not-found')
      throw notVerifiable(text, `${text} is neither a store, a kit nor the pointer of a run`, fault);
    if (kind !== 'bytes') throw fault;
    damages.push(damageOf(object, fault));
  }
  return reportDamages(damages, text, call);
}

async function verifyPointers(path: string, call: Call): Promise<number> {
  const bytes = await readPointer(path);
  // What does not even begin as JSON was never a damaged pointer.
  if (!/^\s*[[{]/.test(bytes.toString('latin1', 0, 64)))
    throw notVerifiable(path, `${path} is neither a store, a kit nor the pointer of a run`);
  const store = await openStore(call);
  const damages: Damage[] = [];
  for (const pointer of parsePointersOfRun(bytes, path)) {
    for await (const damage of verifyRun(store, pointer)) damages.push(damage);
    damages.push(...(await replay(store, pointer, damages.length === 0, call)));
  }
  const { replay: image } = call.options;
  const place = `what ${path} names in ${store.location}`;
  return reportDamages(damages, place, call, image === undefined ? null : String(image));
}

/** Makes again what was recorded, where an image to make it of is named. */
async function replay(
  store: Store,
  pointer: Pointer,
  isSound: boolean,
  call: Call,
): Promise<readonly Damage[]> {
  const { settings, host, signal, resources, options } = call;
  if (options.replay === undefined) return [];
  const { openReplay } = await import('../../compose/replay.ts');
  const { replayRun } = await import('../../../flows/look/replay-run.ts');
  const given = pointer.manifest.artifacts.filter(({ view }) => view !== undefined).length;
  if (given > 0)
    writeNotes([`other tools gave ${formatCount(given, 'item')}, which cannot be made again`], call);
  const startProgress = progressOn(call);
  const { tools, origin } = openReplay(
    { settings, host, signal, resources, startProgress },
    pointer.run.tenant,
  );
  return replayRun(store, tools, { pointer, reference: String(options.replay), origin, isSound });
}

function replayedWithout(thing: string | undefined): VarveError {
  return new VarveError('bad-option', '--replay needs the pointer of a run', {
    object: thing ?? '--replay',
    hint: 'write varve verify varve-pointer.json --replay IMAGE',
  });
}

async function readPointer(path: string): Promise<Buffer> {
  try {
    return await readFileOrPipe(path, DEFAULT_LIMITS.jsonBytes);
  } catch (cause) {
    throw notVerifiable(path, `nothing can be verified at ${path}`, cause);
  }
}

function notVerifiable(path: string, problem: string, cause?: unknown): VarveError {
  return new VarveError('not-in-store', problem, {
    object: path,
    hint: `name a pointer (varve-pointer.json), a kit, a store (${listForms()}), or nothing for your own store`,
    cause,
  });
}
