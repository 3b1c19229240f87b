/** Columns where the output is no terminal, and tables must end somewhere. */
const ELSEWHERE = 120;
const NARROWEST = 40;
/** Beyond this a reader loses the line. */
const WIDEST = 200;

/** The columns that text is laid out for: the terminal's, COLUMNS, or a width that suits logs. */
export function terminalWidth(
  stream: { readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const stated = Number(environment.COLUMNS);
  const columns = stream.columns ?? (Number.isSafeInteger(stated) && stated > 0 ? stated : ELSEWHERE);
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
