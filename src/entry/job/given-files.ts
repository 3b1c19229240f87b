import { VarveError } from '../../base/errors.ts';
import { flagOf } from '../../base/limits.ts';
import { readFileOrPipe } from '../../base/read-file.ts';
import { examineGivenFile, type GivenFile, type Producer } from '../../core/surface/given-file.ts';
import type { Settings } from '../settings/catalogue.ts';

type GeneratorSettings = Pick<
  Settings,
  | 'surface-layer-fragments'
  | 'surface-entrytrace-graph'
  | 'surface-entrytrace-ndjson'
  | 'surface-runtime-events'
  | 'surface-component'
  | 'surface-component-version'
  | 'max-json-bytes'
>;

const FRAGMENT_DAYS = 30;
const TRACE_DAYS = 7;

type Described = Omit<GivenFile, 'bytes'> & { readonly path: string | undefined };

/** The files that settings name, each with what is known of its content. */
function listGivenFiles(settings: GeneratorSettings): readonly Described[] {
  const events = settings['surface-runtime-events'];
  const trace = { keepDays: TRACE_DAYS, ofImage: true };
  return [
    {
      ...{ path: settings['surface-layer-fragments'], kind: 'layer.fragments', format: 'json' },
      ...{ keepDays: FRAGMENT_DAYS, ofImage: true },
    },
    { path: settings['surface-entrytrace-graph'], kind: 'entrytrace.graph', format: 'json', ...trace },
    { path: settings['surface-entrytrace-ndjson'], kind: 'entrytrace.ndjson', format: 'ndjson', ...trace },
    {
      ...{ path: events, kind: 'runtime.events', format: events?.endsWith('.json') ? 'json' : 'ndjson' },
      ...{ keepDays: TRACE_DAYS, ofImage: false },
    },
  ];
}

/** Paths of the files of other tools that settings name. */
export const givenPaths = (settings: GeneratorSettings): readonly string[] =>
  listGivenFiles(settings).flatMap(({ path }) => path ?? []);

/**
 * Reads the files of other tools that settings name.
 * @throws VarveError `bad-option` for one that cannot be read; `malformed`, `limit-exceeded`.
 */
export async function readGivenFiles(settings: GeneratorSettings): Promise<GivenFile[]> {
  const given: GivenFile[] = [];
  for (const { path, ...described } of listGivenFiles(settings)) {
    if (path === undefined) continue;
    const bytes = await readGivenFile(path, settings['max-json-bytes']);
    examineGivenFile(bytes, described.format, path);
    given.push({ ...described, bytes });
  }
  return given;
}

/** The tool that gave the files; null where none is named. @throws VarveError `bad-option` for a version alone. */
export function readProducer(settings: GeneratorSettings): Producer | null {
  const component = settings['surface-component'];
  const version = settings['surface-component-version'];
  if (component !== undefined) return { component, version: version ?? '' };
  if (version === undefined) return null;
  throw new VarveError('bad-option', 'surface-component-version is given without surface-component', {
    object: 'surface-component-version',
    hint: 'name the tool, too',
  });
}

async function readGivenFile(path: string, maxBytes: number): Promise<Buffer> {
  try {
    return await readFileOrPipe(path, maxBytes, () => tooLarge(path, maxBytes));
  } catch (cause) {
    if (cause instanceof VarveError) throw cause;
    throw new VarveError('bad-option', `${path} cannot be read`, {
      object: path,
      hint: 'name a file that is there, or leave it out',
      cause,
    });
  }
}

function tooLarge(path: string, maxBytes: number): VarveError {
  return new VarveError('limit-exceeded', `${path} has more than ${maxBytes} bytes`, {
    object: path,
    hint: `if this is expected, raise the limit with ${flagOf('jsonBytes')}`,
  });
}
