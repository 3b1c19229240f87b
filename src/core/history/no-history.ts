import { VarveError } from '../../base/errors.ts';
import { didYouMean } from '../../base/near-names.ts';

const NAMES_SHOWN = 20;

/** The error for a name that nothing was recorded under, or nothing that serves. @param names those that the store has. */
export function noHistoryOf(name: string, location: string, names: readonly string[]): VarveError {
  if (names.includes(name)) {
    return new VarveError('not-in-store', `${location} has no snapshot of ${name} that serves here`, {
      object: name,
      hint: `varve history ${name} lists what it has: other platforms do not serve, nor does the run itself, nor in a pull request any branch but its base`,
    });
  }
  return new VarveError('not-in-store', `${location} has no history of ${name}`, {
    object: name,
    hint: didYouMean(name, names) ?? listNames(names),
  });
}

/** The names that a store has, in a sentence. */
function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'nothing was recorded there: check the store, and --tenant';
  const more = names.length > NAMES_SHOWN ? ' and others' : '';
  return `it has ${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}
