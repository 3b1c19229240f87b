import type { Report } from './report.ts';

/** All that a reader of a report must know, a sentence each; notes on one of several platforms say on which. */
export function allNotes({ images, gone, notes }: Report): readonly string[] {
  const several = images.length > 1;
  return [
    ...gone.map((platform) => `${platform} is gone: the baseline has it, this image has not`),
    ...notes,
    ...images.flatMap((image) => image.notes.map((note) => (several ? `${image.platform}: ${note}` : note))),
  ];
}
