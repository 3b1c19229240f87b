import { stat } from 'node:fs/promises';
import { toVarveError, VarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { readFileOrPipe } from '../../../base/read-file.ts';
import { parsePointersOfRun } from '../../../core/run/pointers.ts';
import type { Store } from '../../../core/store/store.ts';
import { verifyStore } from '../../../core/store/verify-store.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { verifyRun } from '../../../flows/look/verify-run.ts';
import { namesKit } from '../../compose/kit-names.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { openLookUp } from '../../compose/open-look-up.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { listForms, parsePlace, storeOf } from '../../settings/baseline.ts';
import type { SettingsOf } from '../../settings/catalogue.ts';
import type { StorePlace } from '../../stores/store-kind.ts';
import { damageLine, verifySummary } from '../listing/surface.ts';
import type { Invocation, RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { progressOn, writeAtOnce } from './output.ts';

/** Verifies a store, or what the pointer of a run names. */
export const run: RunCommand<'verify' | 'surface verify'> = async (invocation) => {
  const [thing] = invocation.arguments;
  if (thing === undefined) return verifyAll(await openStore(invocation), invocation);
  if (namesKit(thing)) return verifyCarried(thing, invocation);
  const place = await findPlace(thing);
  if (place === null) return verifyPointers(thing, invocation);
  return verifyAll(await openLookUp(invocation, place), invocation);
};

/** The store that a text names; null for the path of a file. */
async function findPlace(text: string): Promise<StorePlace | null> {
  const isFolder = await stat(text).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return storeOf([parsePlace(isFolder ? `dir:${text}` : text)]);
}

type Call = Invocation<SettingsOf<'verify' | 'surface verify'>>;

async function verifyAll(store: Store, call: Call): Promise<number> {
  const damages = await Array.fromAsync(verifyStore(store));
  if (damages.length === 0 && (await store.surface.tenants()).length === 0) throw holdsNothing(store);
  return report(damages, store.location, call);
}

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
  return report(damages, text, call);
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
  }
  return report(damages, `what ${path} names in ${store.location}`, call);
}

function report(damages: readonly Damage[], place: string, call: Call): number {
  writeAtOnce(call, damages, ({ palette }) => {
    const lines = damages.map((damage) => damageLine(damage, palette));
    return `${[...lines, verifySummary(damages.length, place, palette)].join('\n')}\n`;
  });
  return damages.length === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
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

/** Not to be mistaken for a store in good order: the place may be a wrong one. */
function holdsNothing({ location }: Store): VarveError {
  return new VarveError('not-in-store', `${location} holds nothing that could be verified`, {
    object: location,
    hint: 'name the store with --cas-root or --baseline',
  });
}
