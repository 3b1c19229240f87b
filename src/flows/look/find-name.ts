import { nameWritten } from '../../core/history/name-image.ts';
import type { Store } from '../../core/store/store.ts';
import { passOver } from '../../core/surface/damage.ts';

/**
 * The name that a store has a history under: the one that is written or, where there is none, what an image that is
 * written so is called. The one that is written, where there is neither.
 */
export async function findName({ history }: Store, tenant: string, written: string): Promise<string> {
  for (const name of [written, nameWritten(written)]) {
    if (name === null) continue;
    for await (const _ of history.list({ tenant, name, onDamage: passOver })) return name;
  }
  return written;
}
