/** Loaded before a program (`NODE_OPTIONS=--import=…?by=MS`), this sets its clock so many milliseconds ahead, or back. */
const by = Number(new URL(import.meta.url).searchParams.get('by'));
const { now } = Date;

globalThis.Date = class extends Date {
  constructor(...given: [] | [number | string]) {
    super(...((given.length === 0 ? [now() + by] : given) as [number]));
  }

  static override now = () => now() + by;
} as DateConstructor;
