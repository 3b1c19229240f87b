import type { Tone } from '../table.ts';

/** Puts a meaning into a text's looks; the text's width stays the same. */
export type Paint = (text: string) => string;

/** What text may look like; the terminal chooses how, everything else takes `PLAIN`. */
export type Palette = Readonly<Record<Tone | 'strong', Paint>>;

export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly palette: Palette;
  /** Every layer, file and finding, not only the first ones. */
  readonly all: boolean;
}

const asIs: Paint = (text) => text;

export const PLAIN: Palette = {
  strong: asIs,
  muted: asIs,
  good: asIs,
  bad: asIs,
  warning: asIs,
  accent: asIs,
};
