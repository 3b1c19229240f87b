import { compareWanted } from '../../flows/compare/compare-images.ts';
import { completeSnapshot } from '../../flows/look/find-by-prefix.ts';
import { composeBases } from '../compose/base-images.ts';
import { readCompareOptions } from '../compose/compare-options.ts';
import { openReading, type Reader } from '../compose/open-reading.ts';
import type { SettingsOf } from '../settings/catalogue.ts';

/** Compares two images, as command line and library do it. What can be refused is refused before anything is read. */
export async function runCompareJob(
  reader: Reader & { readonly settings: SettingsOf<'compare'> },
  base: string,
  target: string,
): ReturnType<typeof compareWanted> {
  const { settings, host, resources, signal } = reader;
  const comparing = { ...readCompareOptions(settings), signal };
  const { tools, origin, openKept } = await openReading(reader);
  const kept = await openKept([base, target], settings.baseline);
  const complete = (text: string) => completeSnapshot(kept, origin.tenant, text);
  const sides = { base: await complete(base), target: await complete(target) };
  const bases = composeBases(tools.store, settings, host, resources, signal);
  return compareWanted(tools, { kept, ...sides, comparing, origin, ...bases }, settings.platform);
}
