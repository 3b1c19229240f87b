const DAY = 24 * 3600_000;

/**
 * How many days an item of a kind is kept at least; null for what is kept until it is deleted: the small
 * documents that a fragment's loss leaves readable (`image.config`, `image.snapshot`, `image.comparison`).
 */
export function retentionDays(kind: string): number | null {
  if (kind.startsWith('image.')) return null;
  return kind.startsWith('entrytrace.') ? 7 : 30;
}

/** When an item of a kind that is made, or used again, at a time may be deleted at the earliest. */
export function expiryOf(kind: string, time: string): string | null {
  const days = retentionDays(kind);
  return days === null ? null : new Date(Date.parse(time) + days * DAY).toISOString();
}

/** The later of two expiry times, the present one also when it would grow by no more than a day: that spares writes. */
export function laterExpiry(present: string | null, wanted: string | null): string | null {
  if (present === null || wanted === null) return null;
  return Date.parse(wanted) - Date.parse(present) > DAY ? wanted : present;
}
