import type { Report } from './report.ts';

/** Every note of a report once: those of one of several platforms say of which, those that all share do not. */
export function allNotes({ images, notes }: Report): readonly string[] {
  const counts = new Map<string, number>();
  for (const note of images.flatMap((image) => [...new Set(image.notes)]))
    counts.set(note, (counts.get(note) ?? 0) + 1);
  const said = images.flatMap((image) =>
    image.notes.map((note) => (counts.get(note) === images.length ? note : `${image.platform}: ${note}`)),
  );
  return [...new Set([...notes, ...said])];
}
