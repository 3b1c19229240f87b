import { VarveError } from '../../base/errors.ts';

/** Grammar of tenants. A name of this form is a safe path segment on every file system. */
export const TENANT = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Grammar of kinds: words joined by dots or dashes, such as `layer.files`. */
export const KIND = /^(?=.{1,64}$)[a-z0-9]+(?:[.-][a-z0-9]+)*$/;

/** The tenant where none is named. */
export const DEFAULT_TENANT = 'default';

export function isTenant(text: string): boolean {
  return TENANT.test(text);
}

export function isKind(text: string): boolean {
  return KIND.test(text);
}

/** @throws VarveError `bad-option` for a text that is not a tenant name. */
export function parseTenant(text: string): string {
  if (isTenant(text)) return text;
  throw badName('tenant', text, 'up to 64 of a-z, 0-9, ".", "_" and "-", the first a letter or digit');
}

/** @throws VarveError `bad-option` for a text that is not a kind. */
export function parseKind(text: string): string {
  if (isKind(text)) return text;
  throw badName('kind', text, 'words of a-z and 0-9 joined by "." or "-", such as layer.files');
}

function badName(what: string, text: string, grammar: string): VarveError {
  const shown = JSON.stringify(text.slice(0, 100));
  return new VarveError('bad-option', `${shown} is not a ${what}`, {
    object: text.slice(0, 100),
    hint: `a ${what} is ${grammar}`,
  });
}
