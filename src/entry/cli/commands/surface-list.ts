import { isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { parseKind } from '../../../core/words/names.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { parseCount, parseLabeled } from '../../settings/parse.ts';
import { itemLine } from '../listing/surface.ts';
import type { RunCommand } from './command.ts';
import { findKind } from './find-kind.ts';
import { openStore } from './open-store.ts';
import { writeList } from './output.ts';

export const run: RunCommand<'surface list'> = async (invocation) => {
  const { settings, output, options } = invocation;
  const after =
    options.after === undefined ? undefined : parseLabeled('--after', String(options.after), parsePlace);
  const limit =
    options.limit === undefined ? undefined : parseLabeled('--limit', String(options.limit), parseCount);
  const store = await openStore(invocation);
  const kind =
    options.kind === undefined ? null : await findKind(store, settings.tenant, String(options.kind));
  let damaged = 0;
  const found = store.surface.list({
    tenant: settings.tenant,
    ...(kind !== null && { kind }),
    ...(after && { after }),
    onDamage: ({ object, problem }) => {
      damaged++;
      output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
    },
  });
  await writeList(invocation, limit === undefined ? found : firstOf(found, limit), itemLine);
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};

/** The key that a page ended with. @throws VarveError `bad-reference`. */
function parsePlace(text: string): Pick<ItemKey, 'kind' | 'digest'> {
  const [kind = '', digest = ''] = text.trim().split('@');
  if (isDigest(digest)) return { kind: parseKind(kind), digest };
  throw new VarveError('bad-reference', `${JSON.stringify(text.slice(0, 200))} is not KIND@DIGEST`, {
    hint: 'write the last item of the page before, with the whole digest, as --format json gives it',
  });
}

async function* firstOf<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count === limit) return;
  }
}
