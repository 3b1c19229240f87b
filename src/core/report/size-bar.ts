const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of block characters, `width` columns for the largest size; only nothing is drawn as nothing. */
export function sizeBar(size: number, largest: number, width: number): string {
  if (size <= 0 || width <= 0) return '';
  const eighths = Math.max(1, Math.round((size / largest) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
