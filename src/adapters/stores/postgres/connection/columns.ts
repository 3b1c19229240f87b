import * as v from 'valibot';
import type { Digest } from '../../../../base/digest.ts';

/** What a column of a row must be, as the driver gives it; whether it says what it should, who reads it finds out. */
export const text = v.string();
export const number = v.number();
export const flag = v.boolean();
/** `bytea` */
export const bytes = v.custom<Buffer>((value) => Buffer.isBuffer(value), 'not bytes');
/** A text that may be a digest. */
export const digest = v.custom<Digest>((value) => typeof value === 'string', 'not a text');
