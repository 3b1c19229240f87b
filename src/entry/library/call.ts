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
}

type SettingValue = string | number | boolean | readonly string[] | undefined;

/** Reads the settings of a call. @throws VarveError `bad-option` that names every mistake at once. */
export function openCall<F extends Face>(
  face: F,
  given: object,
  { signal, onProgress, environment = process.env }: CallOptions,
): Call<F> {
  const values: Readonly<Record<string, SettingValue>> = { ...given };
  const source = {
    origin: 'call',
    label: (name: string) => `the setting ${name}`,
    get: (name: string) => textOf(values[name]),
  } as const;
  return {
    settings: readSettingsOf(face, [source]),
    host: readHost(environment),
    signal: signal ?? new AbortController().signal,
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
