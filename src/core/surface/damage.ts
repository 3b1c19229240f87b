import { toVarveError } from '../../base/errors.ts';
import type { Damage } from './surface-store.ts';

/** A fault met while an object was read, as that object's damage: the sentence without the object's name in front. */
export function damageOf(object: string, fault: unknown): Damage {
  const { message } = toVarveError(fault);
  const named = message.startsWith(object) ? message.slice(object.length).replace(/^:? /, '') : message;
  return { object, problem: named };
}
