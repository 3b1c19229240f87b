const NAMES_SHOWN = 20;
const CHARACTERS_SHOWN = 100;

/** Names for an error, as many and as much of each as one wants to read: they come from images. */
export function listNames(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return 'none at all';
  const more = distinct.length > NAMES_SHOWN ? ` and ${distinct.length - NAMES_SHOWN} more` : '';
  return `${distinct.slice(0, NAMES_SHOWN).map(shorten).join(', ')}${more}`;
}

/** The beginning of a text that may be endless. */
export function shorten(text: string): string {
  return text.length > CHARACTERS_SHOWN ? `${text.slice(0, CHARACTERS_SHOWN)}…` : text;
}
