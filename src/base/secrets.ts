/** A text of somebody else without what must not be shown, as it is and as a URL has it: a server may repeat what it was sent. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  const forms = [...secrets].flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed())]);
  // One may be in another: the longest goes first.
  return forms
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, '…'), text);
}
