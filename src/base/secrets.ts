/** A text of somebody else without what must not be shown, as it is and as a URL has it: a server may repeat what it was sent. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())]);
  // One may be in another: the longest goes first.
  return forms
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, '…'), text);
}

/** The user before a host, which may be a password or have one; not the placeholders of hints, nor a name before its digest. */
const USER = /(?<!postgres(?:ql)?:)\/\/(?!USER(?::PASSWORD)?@)[^\s/?#"]*@(?!sha\d+:[\da-f]{8})/g;
/** The user of a database is part of its place, but its password is not. */
const PASSWORD = /\/\/(?!USER:PASSWORD@)[^\s/?#:@]*:[^\s/?#]*@/g;
const QUERY = /(\b[a-z][a-z\d+.-]*:\/\/[^\s?"]*\?)[^\s"]+/gi;
/** The same of a URL whose scheme was left out. */
const FIELDS = /\?[^\s?=/"]+=[^\s"]*/g;

/** A text whose URLs have neither users nor passwords nor queries, which may be as good as passwords. */
export const withoutUrlSecrets = (text: string): string =>
  text
    .replaceAll(PASSWORD, '//…@')
    .replaceAll(USER, '//…@')
    .replaceAll(QUERY, '$1…')
    .replaceAll(FIELDS, '?…');
