import { randomUUID } from 'node:crypto';
import { digestOf } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { readFileOrPipe } from '../../../base/read-file.ts';
import { scannerBuildOf } from '../../../core/run/run-facts.ts';
import type { Store } from '../../../core/store/store.ts';
import { checkPayload } from '../../../core/surface/check-payload.ts';
import type { ItemKey, PayloadFormat, SurfaceItem } from '../../../core/surface/item.ts';
import { FormatSchema, SURFACE_KIND } from '../../../core/surface/keys.ts';
import { packItem } from '../../../core/surface/pack-item.ts';
import { parseSurfaceManifest } from '../../../core/surface/surface-manifest.ts';
import { parseKind } from '../../../core/words/names.ts';
import { isTime } from '../../../core/words/time.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { parseDuration, parseLabeled } from '../../settings/parse.ts';
import { VERSION } from '../../version.ts';
import type { Call, RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { writeJson } from './output.ts';

/** Bytes of a file that is put at most: it is held in memory. */
const MOST_BYTES = 1024 * 1024 * 1024;

export const run: RunCommand<'surface put'> = async (invocation) => {
  const { settings, output, format } = invocation;
  const { tenant } = settings;
  const [path = '', kindText = ''] = invocation.arguments;
  const kind = parseKind(kindText);
  const form = readForm(invocation, path, new Date());
  const bytes = await readPayload(path);
  // What cannot be stored is refused before a store is made.
  const put = kind === SURFACE_KIND ? imageOf(tenant, bytes, path) : itemOf(tenant, kind, bytes, path, form);
  const key = await put(await openStore(invocation));
  if (format === 'json') writeJson(output.stdout, key);
  else output.stdout.write(`${key.kind}@${key.digest}\n`);
  return EXIT_STATUS.done;
};

interface Form {
  readonly format: PayloadFormat;
  readonly time: string;
  readonly expiresAt: string | null;
}

function readForm({ options }: Call, path: string, now: Date): Form {
  const { as, expires } = options;
  return {
    format: as === undefined ? formatOfFile(path) : parseLabeled('--as', String(as), parseFormat),
    time: now.toISOString(),
    expiresAt:
      expires === undefined
        ? null
        : parseLabeled('--expires', String(expires), (text) => parseExpiry(text, now)),
  };
}

/** Stores the item that some bytes are. */
function itemOf(tenant: string, kind: string, bytes: Buffer, path: string, form: Form) {
  const { format, time, expiresAt } = form;
  checkPayload(bytes, format, path);
  const source = { scannerBuild: scannerBuildOf(VERSION), imageDigest: null, scanId: randomUUID() };
  const item: SurfaceItem = packItem({ tenant, source, time }, kind, bytes, { format, expiresAt });
  return async ({ surface }: Store): Promise<ItemKey> => {
    await surface.put([item]);
    return item.key;
  };
}

/** Stores the surface manifest that some bytes are. */
function imageOf(tenant: string, bytes: Buffer, path: string) {
  const manifest = parseSurfaceManifest(bytes, { tenant, digest: digestOf(bytes) }, path);
  return async ({ surface }: Store): Promise<ItemKey> => {
    const digest = await surface.putSurfaceManifest(manifest);
    return { tenant, kind: SURFACE_KIND, digest };
  };
}

const formatOfFile = (path: string): PayloadFormat => (/\.(?:ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'json');

function parseFormat(text: string): PayloadFormat {
  const format = FormatSchema.options.find((each) => each === text.trim());
  if (format !== undefined) return format;
  throw new VarveError('bad-option', `${JSON.stringify(text.slice(0, 200))} is not a form of payload`, {
    hint: `write ${FormatSchema.options.join(' or ')}`,
  });
}

/** Takes a time span from now on, or a time in UTC. */
function parseExpiry(text: string, now: Date): string {
  if (isTime(text)) return text;
  try {
    return new Date(now.getTime() + parseDuration(text)).toISOString();
  } catch (cause) {
    throw new VarveError(
      'bad-option',
      `${JSON.stringify(text.slice(0, 200))} is neither a time span nor a time`,
      {
        hint: 'write a span such as 30d, or a time in UTC such as 2027-01-31T00:00:00Z',
        cause,
      },
    );
  }
}

async function readPayload(path: string): Promise<Buffer> {
  try {
    return await readFileOrPipe(path, MOST_BYTES);
  } catch (cause) {
    if (cause instanceof VarveError) throw cause;
    throw new VarveError('unreachable', `${path} cannot be read`, {
      object: path,
      hint: 'name a file, or /dev/stdin',
      cause,
    });
  }
}
