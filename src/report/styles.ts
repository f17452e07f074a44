/** The colours that we use, by meaning. Knows nothing of what is printed. Text goes in escaped, comes out coloured. */
import { Chalk } from 'chalk';

export type Style = (text: string) => string;

export interface Styles {
  readonly strong: Style;
  readonly faint: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warning: Style;
  readonly active: Style;
  readonly note: Style;
}

/** The styles of the sixteen colours that every terminal has; without colour each gives its text back as it is. */
export function styles(color: boolean): Styles {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    warning: chalk.yellow,
    active: chalk.cyan,
    note: chalk.blue,
  };
}
