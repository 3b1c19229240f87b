import { toVarveError } from '../../base/errors.ts';
import type { ListedItem } from './manifest.ts';
import type { Damage, OnDamage } from './surface-store.ts';

/** A fault met while an object was read, as that object's damage: the sentence without the object's name in front. */
export function damageOf(object: string, fault: unknown): Damage {
  const { message, object: inner = object } = toVarveError(fault);
  const name = object.endsWith(inner) && message.startsWith(inner) ? inner : object;
  const problem = message.startsWith(name) ? message.slice(name.length).replace(/^:? /, '') : message;
  return { object, problem };
}

/** The damage of something that no store would have put there. */
export function foreignObject(object: string): Damage {
  return { object, problem: 'does not belong in the store' };
}

/** The damage of a payload that is gone. */
export function lostPayload(object: string): Damage {
  return { object, problem: 'is missing, but has a manifest' };
}

/** The damage of a surface manifest that lists what is not there. */
export function danglingItem(object: string, { kind, digest }: Pick<ListedItem, 'kind' | 'digest'>): Damage {
  return {
    object,
    problem: `lists ${kind} ${digest}, which the store does not have`,
    lacks: { kind, digest },
  };
}

/**
 * Reads something; null when its bytes are damaged, which is reported.
 * @throws any other fault; that of bytes too where there is nobody to report it to.
 */
export async function readSound<T>(
  object: string,
  onDamage: OnDamage | undefined,
  read: () => Promise<T | null>,
): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    if (onDamage === undefined || toVarveError(fault).kind !== 'bytes') throw fault;
    onDamage(damageOf(object, fault));
    return null;
  }
}

/** Reports nothing: for damage that is reported elsewhere, or that is about to be repaired. */
export function passOver(): void {}

/** The note for a run that met damage, or untrue claims, in what a store knew of layers; none where it met none. */
export function noteDamages(location: string, damages: readonly Damage[]): string[] {
  return damages.length === 0
    ? []
    : [`${location} is damaged, and this was not used: ${tellDamages(damages)}`];
}

/** The note for what was repaired by reading an image again. @param problem what was damaged. */
export function noteReread(problem: string): string {
  return `stored results were damaged (${problem}), so every layer was read again`;
}

/** Some damages in a sentence: the first of them, and how many there are more. Empty for none. */
export function tellDamages([first, ...others]: readonly Damage[]): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${first.object} ${first.problem}${more}`;
}
