import { ERROR_CODES, reasonOf, toVarveError } from '../base/errors.ts';
import { withoutUrlSecrets } from '../base/secrets.ts';
import { escapeTerminal } from '../core/report/escape-terminal.ts';
import { EXIT_STATUS } from './exit-status.ts';

/**
 * Lines that tell a fault to a person: what, why, and what to do; no stack unless it is an error in Varve.
 * @param isVerbose whether every cause is named, and not the nearest alone.
 */
export function describeError(fault: unknown, isVerbose = false): string[] {
  const error = toVarveError(fault);
  const lines = error.message.split('\n').map(escapeLog);
  for (const cause of isVerbose ? causesOf(error) : causesOf(error).slice(0, 1)) {
    lines.push(`cause: ${escapeLog(cause)}`);
  }
  const [, , remedy] = ERROR_CODES[error.code];
  const hint = error.hint ?? remedy;
  if (hint !== undefined) lines.push(`hint: ${escapeLog(hint)}`);
  if (error.code === 'internal') {
    lines.push('This is a fault in Varve. Please report it with what follows.');
    lines.push(
      ...String(fault instanceof Error ? fault.stack : fault)
        .split('\n')
        .map(escapeLog),
    );
  }
  return lines;
}

/** Text for a log that strangers may read: whatever was given in the wrong place, its secrets are not repeated. */
export const escapeLog = (text: string): string => escapeTerminal(withoutUrlSecrets(text));

/** Writes a fault to a stream and gives the exit status that it stands for. */
export function presentError(
  fault: unknown,
  stream: { write(text: string): unknown },
  isVerbose = false,
): number {
  const error = toVarveError(fault);
  const [first = '', ...rest] = describeError(fault, isVerbose);
  stream.write(`varve: ${error.code}: ${first}\n${rest.map((line) => `  ${line}\n`).join('')}`);
  return EXIT_STATUS[error.kind];
}

/** The nearest first; none that says what was said before. */
function causesOf(error: Error): string[] {
  const said = [error.message];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) {
    const reason = reasonOf(cause);
    if (!said.some((text) => text.includes(reason))) said.push(reason);
  }
  return said.slice(1);
}
