import { formatCount, formatNumber, formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { DescribedAttachment } from '../../image/attestation.ts';
import { attachmentWords } from '../attachment-words.ts';
import { baselineSentence } from '../baseline-sentence.ts';
import { code, fence, prose } from '../escape-markdown.ts';
import { readingSentence } from '../reading-sentence.ts';
import type { ImageReport, SizeFacts } from '../report.ts';
import { displayName } from '../visible.ts';
import { details } from './details.ts';
import type { Section } from './sections.ts';

const SHOWN_AT_LEAST = 100;
const LINE_LENGTH = 300;
const NAME_LENGTH = 200;
const ATTACHMENTS_SHOWN = 20;
const STATEMENTS_SHOWN = 8;
const LEAST_PERCENT = 0.1;

/** Sizes in one line, each with what the change added. */
export function sizeLine({
  uncompressed,
  compressed,
  uncompressedDelta,
  compressedDelta,
  pull,
}: SizeFacts): string {
  return [
    `**${formatSize(uncompressed)}** uncompressed${delta(uncompressedDelta, uncompressed)}`,
    ...(compressed === null
      ? []
      : [`**${formatSize(compressed)}** compressed${delta(compressedDelta, compressed)}`]),
    ...(pull === null || pull === 0 ? [] : [`**${formatSize(pull)}** to pull on top of the baseline`]),
  ].join(' · ');
}

function delta(bytes: number | null, now: number): string {
  if (bytes === null || bytes === 0) return '';
  const before = now - bytes;
  const percent = Math.abs(100 * bytes) / before;
  const share =
    percent >= LEAST_PERCENT ? `, ${bytes < 0 ? '−' : '+'}${percent.toFixed(percent < 10 ? 1 : 0)} %` : '';
  return ` (${formatSizeDelta(bytes)}${before > 0 ? share : ''})`;
}

/** The small print: what was compared, and what it cost. */
export function footLine({ change, platform, reading }: ImageReport): string {
  const parts = [
    ...(change === null ? [] : [`compared with ${prose(baselineSentence(change.baseline))}`]),
    ...(reading === null ? [] : [readingSentence(reading)]),
    code(displayName(platform, NAME_LENGTH)),
  ];
  return `<sub>${parts.join(' · ')}</sub>`;
}

/** A fold with the oddities that were met; null when there were none. */
export function findingsSection({ findings }: ImageReport, perList: number): Section | null {
  if (findings.length === 0) return null;
  const count = Math.max(SHOWN_AT_LEAST, perList);
  const shortened = findings.length > count;
  const lines = findings
    .slice(0, count)
    .map(({ layer, code: word, path, detail }) =>
      [layer === null ? 'image' : `layer ${layer}`, word, path, detail]
        .flatMap((part) => (part === undefined ? [] : displayName(part, LINE_LENGTH)))
        .join('  '),
    );
  if (shortened) lines.push(`… and ${formatNumber(findings.length - count)} more`);
  const title = formatCount(findings.length, 'finding');
  return { markdown: details(`<b>${title}</b>`, fence('text', lines)), title, shortened };
}

/** A fold with all that someone needs to look at the same things again. */
export function evidenceSection(image: ImageReport): Section {
  const { snapshot, snapshotDigest, change, attachments } = image;
  const base = change?.comparison.base;
  const rows: [string, string | null][] = [
    ['snapshot', snapshotDigest],
    ['manifest', snapshot.manifest?.digest ?? null],
    ['config', snapshot.config.digest],
    ['read from', image.reference],
    ['baseline snapshot', base?.snapshotDigest ?? null],
    ['baseline manifest', base?.manifestDigest ?? null],
    ['baseline commit', change?.baseline.commit ?? null],
  ];
  const lines = rows.flatMap(([label, value]) =>
    value === null ? [] : `- ${label} ${code(displayName(value, NAME_LENGTH))}`,
  );
  lines.push(...attachments.slice(0, ATTACHMENTS_SHOWN).map(attachmentLine));
  if (base !== undefined) {
    lines.push(`- again: ${code(`varve compare ${base.snapshotDigest} ${snapshotDigest}`)}`);
  }
  return { markdown: details('Digests', lines.join('\n')), title: null };
}

function attachmentLine(attachment: DescribedAttachment): string {
  const words = attachmentWords(attachment).filter((word) => word !== attachment.kind);
  const told = words.slice(0, STATEMENTS_SHOWN).map((word) => code(displayName(word, NAME_LENGTH)));
  const line = `- ${attachment.kind} ${code(attachment.digest)}`;
  return told.length === 0 ? line : `${line}: ${told.join(', ')}`;
}
