import { formatCount, formatSize } from '../../../base/human-size.ts';
import type {
  InspectedImage,
  InspectedLayer,
  InspectedPlatform,
} from '../../../core/image/inspect-output.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import { bar, name } from '../../../core/report/phrase.ts';
import { type Column, makeTable } from '../../../core/report/table.ts';
import { tableLines } from '../../../core/report/text/table.ts';
import { breakAnywhere, widthOf, wrap } from '../../../core/report/text/widths.ts';
import { mayShow } from '../../../core/report/withhold.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** What an image is, for people; ends with a line break. */
export function renderImage(image: InspectedImage, terminal: Terminal): string {
  const { palette } = terminal;
  const others = image.platforms.filter((each) => !image.images.some(({ platform }) => platform === each));
  const facts: Facts = [
    ['digest', image.digest],
    ['also for', others.join(', ')],
    ['lost', image.absent.join(', ')],
    ...image.attachments.map(({ kind, digest }, index): Facts[number] => [
      index === 0 ? 'attached' : '',
      `${kind} ${digest}`,
    ]),
  ];
  const title = wrap(escapeTerminal(image.reference), terminal.width).map(palette.strong);
  const head = [...title, ...factLines(facts, terminal)];
  const parts = image.images.map((each) => platformLines(each, terminal));
  return [head, ...parts].map((lines) => `${lines.join('\n')}\n`).join('\n');
}

type Facts = readonly (readonly [label: string, value: string | null | undefined])[];

const LABEL_WIDTH = 15;

const SHORT_DIGEST = 'sha256:'.length + 12;

/** What is not known, or empty, is left out. Digests that do not fit are cut to as much as other lists print of them. */
function factLines(facts: Facts, { palette, width }: Terminal): string[] {
  const room = width - LABEL_WIDTH;
  return facts.flatMap(([label, value]) => {
    if (!value) return [];
    const text = escapeTerminal(value);
    const short = text.replaceAll(/sha256:[0-9a-f]{64}/g, (digest) => digest.slice(0, SHORT_DIGEST));
    return breakAnywhere(widthOf(text) <= room ? text : short, room).map(
      (line, index) => `${palette.muted((index === 0 ? label : '').padEnd(LABEL_WIDTH))}${line}`,
    );
  });
}

function platformLines(
  { platform, manifest, config, layers }: InspectedPlatform,
  terminal: Terminal,
): string[] {
  const { os, created, author, config: run = {} } = config.content;
  const stated = layers.flatMap(({ size }) => size ?? []);
  const total = stated.reduce((sum, size) => sum + size, 0);
  const size = stated.length === 0 ? '' : `, ${formatSize(total)} compressed`;
  const facts: Facts = [
    ['manifest', manifest && `${manifest.digest}  ${formatSize(manifest.size)}`],
    ['config', `${config.digest}  ${formatSize(config.size)}`],
    ['created', created?.replace(/T(.{8}).*$/, ' $1')],
    ['author', author as string | undefined],
    ...Object.entries(run).flatMap(([field, value]) => factsOfField(field, value)),
    ['layers', `${formatCount(layers.length, 'layer')}${size}`],
  ];
  const title = terminal.palette.strong(escapeTerminal(os === undefined ? `${platform}?` : platform));
  return [title, ...factLines(facts, terminal), ...tableLines(layerTable(layers), terminal)];
}

/** Lists and maps take a line for each of their values. */
function factsOfField(field: string, value: unknown): Facts {
  const label = field.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  if (value === null || value === '' || value === false) return [];
  if (field === 'Entrypoint' || field === 'Cmd' || field === 'Shell' || typeof value !== 'object')
    return [[label, typeof value === 'string' ? value : JSON.stringify(value)]];
  const lines = Array.isArray(value)
    ? value.map((each) => (field === 'Env' ? tellVariable(String(each)) : String(each)))
    : Object.entries(value).map(tellProperty);
  return lines.map((line, index) => [index === 0 ? label : '', line]);
}

/** As in reports, values that may be secret are not shown. */
function tellVariable(variable: string): string {
  const [name = ''] = variable.split('=');
  return mayShow(`/config/Env/${name}`, []) ? variable : `${name}  (value not shown; --json has it)`;
}

function tellProperty([name, value]: readonly [string, unknown]): string {
  if (typeof value === 'string') return `${name}=${value}`;
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0
    ? name
    : `${name}=${JSON.stringify(value)}`;
}

type Row = InspectedLayer & { readonly largest: number };

function layerTable(layers: readonly InspectedLayer[]) {
  const largest = layers.reduce((most, { size }) => Math.max(most, size ?? 0), 0);
  return makeTable(
    COLUMNS,
    layers.map((layer) => ({ ...layer, largest })),
  );
}

const COLUMNS: readonly Column<Row>[] = [
  { title: ['#'], align: 'right', cell: ({ index }) => [String(index)] },
  { title: ['size'], align: 'right', cell: ({ size }) => (size === null ? [] : [formatSize(size)]) },
  {
    title: [],
    align: 'left',
    cell: ({ size, largest }) => (size === null ? [] : [bar(size / Math.max(1, largest))]),
    tone: () => 'accent',
  },
  {
    title: ['digest'],
    align: 'left',
    cell: ({ digest, diffId }) => [(digest ?? diffId).slice('sha256:'.length, 'sha256:'.length + 12)],
    tone: () => 'muted',
  },
  { title: ['step'], align: 'left', flexible: true, cell: ({ step }) => (step === '' ? [] : [name(step)]) },
];
