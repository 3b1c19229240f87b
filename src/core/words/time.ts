import * as v from 'valibot';

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A moment that exists: `Date` would carry the 30th of February over into March. */
function exists(time: string): boolean {
  const milliseconds = Date.parse(time);
  return (
    !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === time.slice(0, 19)
  );
}

/** A time in UTC as RFC 3339 writes it, such as `2026-01-31T12:00:00Z`. */
export const TimeSchema = v.pipe(
  v.string(),
  v.regex(UTC, 'expected an RFC 3339 time in UTC'),
  v.check(exists),
);

export const isTime = (text: string): boolean => v.is(TimeSchema, text);

/** The same with exactly three digits of a second, so that text order is the order in time. */
export const MillisecondTimeSchema = v.pipe(
  v.string(),
  v.regex(UTC_MILLISECONDS, 'expected an RFC 3339 time in UTC with milliseconds'),
  v.check(exists),
);
