import { existsSync } from 'node:fs';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { nearNames } from '../../base/near-names.ts';
import type { ImageOpener } from '../../core/image/image-source.ts';
import type { Store } from '../../core/store/store.ts';
import { parseDigestPrefix } from '../../core/words/digest-prefix.ts';
import { completeSnapshot } from '../../flows/look/find-by-prefix.ts';
import type { BaselinePlace } from '../settings/baseline.ts';

/** So many digits are nobody's name for an image: lists print as many. */
const NEVER_A_NAME = 12;

/**
 * Completes the beginning of a snapshot's digest, unless it is what a file, or an image in the engine, is called.
 * @returns any other text as it is.
 * @throws VarveError as `completeSnapshot` does.
 */
export async function recallSnapshot(
  opener: ImageOpener,
  store: Store,
  tenant: string,
  text: string,
): Promise<string> {
  const prefix = parseDigestPrefix(text);
  if (prefix === null) return text;
  const isName = !prefix.isCertain && (existsSync(text) || (await isInEngine(opener, text)));
  if (isName) return text;
  try {
    return await completeSnapshot(store, tenant, text);
  } catch (fault) {
    // The ID of an image is written in the same way.
    if (toVarveError(fault).code === 'not-in-store' && (await isIdInEngine(opener, text)))
      return `${DAEMON}${text}`;
    throw fault;
  }
}

/** A baseline that is written as an image, and is the beginning of the digest of a snapshot in the run's store. */
export async function recallPlace(
  opener: ImageOpener,
  store: Store,
  tenant: string,
  place: BaselinePlace,
): Promise<BaselinePlace> {
  if (place.kind !== 'image') return place;
  await refuseTypo(opener, place.reference);
  const text = await recallSnapshot(opener, store, tenant, place.reference);
  return text === place.reference ? place : { kind: 'kept', text: place.reference };
}

/** What the places of baselines begin with. */
const WORDS = ['cache', 'dir', 'history', 'oci', 'postgres', 'docker', 'docker-daemon', 'docker-archive'];

/**
 * Refuses what is a misspelled place before anybody looks for an image of that name on Docker Hub.
 * @throws VarveError `bad-option`, unless a file or an image in the engine is called so.
 */
async function refuseTypo(opener: ImageOpener, text: string): Promise<void> {
  const [, word = '', rest = ''] = /^([a-z-]{3,})((?::(?!\/\/).*)?)$/s.exec(text) ?? [];
  if (word === '' || WORDS.includes(word)) return;
  const meant = rest === '' ? ['cache'] : WORDS.filter((each) => each !== 'cache');
  const [near] = nearNames(word, meant, 1);
  if (near === undefined || existsSync(text) || (await isCalledInEngine(opener, text))) return;
  throw new VarveError('bad-option', `--baseline: there is no kind of place called ${word}`, {
    object: text,
    hint: `did you mean ${near}${rest}? An image of that name in a registry is docker://${text}`,
  });
}

/** Whether the engine has an image that is called so; not one whose ID begins so. */
async function isInEngine(opener: ImageOpener, text: string): Promise<boolean> {
  return text.length < NEVER_A_NAME && isCalledInEngine(opener, text);
}

async function isCalledInEngine(opener: ImageOpener, text: string): Promise<boolean> {
  const id = await findIdInEngine(opener, text);
  return id !== null && id?.startsWith(`sha256:${text}`) !== true;
}

async function isIdInEngine(opener: ImageOpener, text: string): Promise<boolean> {
  return (await findIdInEngine(opener, text)) != null;
}

/** The ID of an image in the engine, undefined where the engine does not say; null where there is no such image. */
async function findIdInEngine(opener: ImageOpener, text: string): Promise<string | undefined | null> {
  try {
    await using opened = await opener.open(`${DAEMON}${text}`);
    return opened.id;
  } catch {
    return null;
  }
}

const DAEMON = 'docker-daemon:';
