// src/core/report/visible.ts
/** What a reader cannot see or what moves other text: controls, bidi and format characters, blanks that are not the space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|(?<=\p{M}{4})\p{M}/gu;
const SHORT = {
	"\n": "\\n",
	"\r": "\\r",
	"	": "\\t"
};
/**
* One line in which every character can be seen: the others are written as `\n`, `\x1b` or `\u{202e}`.
* More than four combining marks on one letter are written out too, since they paint over the lines around it.
*/
function visible(text) {
	return text.replaceAll(UNSEEN, (character) => SHORT[character] ?? escapeCodePoint(character));
}
function escapeCodePoint(character) {
	const hex = (character.codePointAt(0) ?? 0).toString(16);
	return hex.length <= 2 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}
/** Cuts the middle out of what is longer than `max` UTF-16 units; start and end tell more than the middle. */
function shorten(text, max) {
	if (text.length <= max) return text;
	const tail = Math.floor((max - 1) / 3);
	const head = max - 1 - tail;
	return `${text.slice(0, splitsPair(text, head) ? head - 1 : head)}…${lastUnits(text, tail)}`;
}
function lastUnits(text, count) {
	const from = text.length - count;
	return text.slice(splitsPair(text, from) ? from + 1 : from);
}
function splitsPair(text, at) {
	return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1));
}
/** A name from an image, visible and at most `max` UTF-16 units long. */
function displayName(text, max) {
	return shorten(visible(shorten(text, max * 2)), max);
}
export { shorten as n, visible as r, displayName as t };
