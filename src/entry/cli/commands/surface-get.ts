import { once } from 'node:events';
import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import { getCompleteManifest } from '../../../core/surface/complete-manifest.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { CommandOutput, RunCommand } from './command.ts';
import { absent, findItem } from './find-item.ts';
import { openStore } from './open-store.ts';
import { writeJson } from './output.ts';

export const run: RunCommand<'surface get'> = async (invocation) => {
  const { settings, options, output } = invocation;
  const [text = ''] = invocation.arguments;
  const { manifest: wantsManifest = false, compressed: isCompressed = false } = options;
  if (wantsManifest && isCompressed) {
    throw new VarveError(
      'bad-option',
      '--manifest and --compressed are both given, and a manifest is never compressed',
      {
        object: '--compressed',
        hint: 'leave out --manifest for the payload, or --compressed for the manifest',
      },
    );
  }
  const store = await openStore(invocation);
  const key = await findItem(store, text, settings.tenant);
  if (key.kind === SURFACE_KIND) {
    const manifest = await getCompleteManifest(store.surface, key.tenant, key.digest);
    writeJson(output.stdout, manifest ?? absent(store, text));
  } else if (wantsManifest) {
    const manifest = await store.surface.getManifest(key);
    writeJson(output.stdout, manifest ?? absent(store, text));
  } else {
    const payload = await (isCompressed ? storedPayload(store, key) : store.surface.getPayload(key));
    await writeBytes(output, payload ?? absent(store, text));
  }
  return EXIT_STATUS.done;
};

/** The bytes of a payload as they are stored, whose content was verified. */
async function storedPayload({ surface }: Store, key: ItemKey): Promise<readonly Uint8Array[] | null> {
  const item = await surface.getItem(key);
  return item && [item.compressed];
}

async function writeBytes(
  { stdout }: CommandOutput,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) if (!stdout.write(chunk)) await once(stdout, 'drain');
}
