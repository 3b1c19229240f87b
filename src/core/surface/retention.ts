const DAY = 24 * 3600_000;

/**
 * When something that is made, or used again, at a time may be deleted at the earliest.
 * @param keepDays null for what is kept until it is deleted.
 */
export function expiryAfter(keepDays: number | null, time: string): string | null {
  return keepDays === null ? null : new Date(Date.parse(time) + keepDays * DAY).toISOString();
}

/** The later of two expiry times, the present one also when it would grow by no more than a day: that spares writes. */
export function laterExpiry(present: string | null, wanted: string | null): string | null {
  if (present === null || wanted === null) return null;
  return Date.parse(wanted) - Date.parse(present) > DAY ? wanted : present;
}

/**
 * Whether something may be deleted for its age. What was put or used again may have asked for up to a day more than its
 * manifest says (`laterExpiry`), so a day is added.
 * @param now in milliseconds since 1970.
 */
export function isExpired({ expiresAt }: { readonly expiresAt: string | null }, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) + DAY <= now;
}
