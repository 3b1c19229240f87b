import { VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import type { PayloadFormat, SurfaceItem } from './item.ts';
import type { ListedItem } from './manifest.ts';
import { type Origin, packItem } from './pack-item.ts';
import { expiryAfter } from './retention.ts';
import { listItem } from './surface-manifest.ts';

/** What another tool found out about an image. Its bytes are kept as they are, and nothing is concluded from them. */
export interface GivenFile {
  readonly kind: string;
  readonly format: PayloadFormat;
  readonly bytes: Uint8Array;
  readonly keepDays: number;
  /** Whether it follows from the image alone, so that the image's surface manifest lists it. */
  readonly ofImage: boolean;
}

/** What a surface manifest may list that does not come from Varve itself. */
export const GIVEN_KINDS: ReadonlySet<string> = new Set([
  'layer.fragments',
  'entrytrace.graph',
  'entrytrace.ndjson',
]);

/** The component that a surface manifest is of, where that is not Varve. */
export interface Producer {
  readonly component: string;
  readonly version: string;
}

/** The item of a given file. */
export function packGivenFile(origin: Origin, { kind, format, bytes, keepDays }: GivenFile): SurfaceItem {
  return packItem(origin, kind, bytes, { format, expiresAt: expiryAfter(keepDays, origin.time) });
}

/** How a surface manifest lists an item that another tool gave. */
export const listGiven = (item: SurfaceItem, producer: Producer | null): ListedItem => ({
  ...listItem(item),
  view: producer?.component ?? 'external',
});

/**
 * Examines a file of another tool: UTF-8, and JSON, or a JSON value on each line that is not empty.
 * @param object names it in errors.
 * @throws VarveError `malformed`, with the line.
 */
export function examineGivenFile(bytes: Uint8Array, format: PayloadFormat, object: string): void {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notAsGiven(object, 'is not UTF-8 text', cause);
  }
  if (format === 'json') {
    if (!isJson(text)) throw notAsGiven(object, 'is not JSON');
    return;
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '' && !isJson(line)) throw notAsGiven(object, `line ${index + 1} is not JSON`);
  }
}

/** JSON that nests deeply, or has very many values, would take hundreds of times the memory of its text. */
function isJson(text: string): boolean {
  try {
    parseShallowJson(text, MOST_VALUES);
    return true;
  } catch {
    return false;
  }
}

/** Objects, lists, texts and numbers of a file, or of one line of it, at most. */
const MOST_VALUES = 2_000_000;

function notAsGiven(object: string, problem: string, cause?: unknown): VarveError {
  const hint = 'nothing was recorded: give a file that its tool wrote whole, or leave it out';
  return new VarveError('malformed', `${object}: ${problem}`, { object, hint, cause });
}
