/** Puts a meaning into a text's looks; the text's width stays the same. */
export type Paint = (text: string) => string;

/** What text may look like; the terminal chooses how, everything else takes `PLAIN`. */
export interface Palette {
  readonly strong: Paint;
  readonly muted: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warning: Paint;
  readonly accent: Paint;
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
