import type { Report } from '../../core/report/report.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import { type Host, readHost } from '../host/host.ts';
import type { SettingsOf } from '../settings/catalogue.ts';
import { readSettingsOf } from '../settings/read-settings.ts';
import type { Face } from '../settings/setting.ts';
import type { CallOptions, ReportFormat } from './options.ts';

/** What a call works with. */
export interface Call<F extends Face> {
  readonly settings: SettingsOf<F>;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly startProgress: StartProgress;
  /** Takes what must be closed when it ends. */
  readonly resources: AsyncDisposableStack;
}

type SettingValue = string | number | boolean | readonly string[] | undefined;

/**
 * Makes a call: reads its settings, does its work, closes what was opened.
 * @throws VarveError `bad-option` that names every mistake in the settings; what the work throws; the signal's reason,
 * whatever the work made of it.
 */
export async function makeCall<F extends Face, T>(
  face: F,
  given: object,
  options: CallOptions,
  work: (call: Call<F>) => Promise<T>,
): Promise<T> {
  const { signal = new AbortController().signal } = options;
  await using resources = new AsyncDisposableStack();
  try {
    return await work({ ...openCall(face, given, options), signal, resources });
  } catch (fault) {
    signal.throwIfAborted();
    throw fault;
  }
}

function openCall<F extends Face>(
  face: F,
  given: object,
  { onProgress, environment = process.env }: CallOptions,
): Omit<Call<F>, 'signal' | 'resources'> {
  const values: Readonly<Record<string, SettingValue>> = { ...given };
  const source = {
    origin: 'call',
    label: (name: string) => `the setting ${name}`,
    get: (name: string) => textOf(values[name]),
  } as const;
  return {
    settings: readSettingsOf(face, [source]),
    host: readHost(environment),
    startProgress: watchProgress(onProgress),
  };
}

function textOf(value: SettingValue): string | undefined {
  return value === undefined ? undefined : Array.isArray(value) ? value.join('\n') : String(value);
}

function watchProgress(tell: CallOptions['onProgress'] = () => {}): StartProgress {
  return (plan) => {
    let [layersDone, bytesDone] = [0, 0];
    const say = () => tell({ ...plan, layersDone, bytesDone });
    return {
      advance(bytes) {
        bytesDone += bytes;
        say();
      },
      finishLayer() {
        layersDone += 1;
        say();
      },
      clear() {},
    };
  };
}

/** Renders a report; renderers are loaded when they are needed. */
export async function renderReport(report: Report, format: ReportFormat): Promise<string> {
  if (format === 'markdown') {
    const { renderMarkdown } = await import('../../core/report/markdown/render-markdown.ts');
    return renderMarkdown(report);
  }
  const { renderText } = await import('../../core/report/text/render-text.ts');
  const { PLAIN } = await import('../../core/report/text/palette.ts');
  return renderText(report, { width: 100, palette: PLAIN, all: false });
}
