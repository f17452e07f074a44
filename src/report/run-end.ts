/** The end of a run for people: each failure with its output and its log, what is blocked and by what, the summary. */
import { randomUUID } from 'node:crypto';
import type { Failure, RunEnd } from './run-event.js';
import { endingWords, summaryWords } from './run-words.js';
import { githubData, githubLog, githubProperty, terminal } from './sinks.js';
import type { Styles } from './styles.js';

/** So many failures are told in full, and so many blocked tasks are named. */
const most = 20;

export interface EndOptions {
  readonly style: Styles;
  /** Under GitHub Actions: failures are annotations too, and output cannot give commands. */
  readonly github: boolean;
}

/** The lines before the summary; none where nothing is failed or blocked. */
export function failureLines(end: RunEnd, options: EndOptions): string[] {
  const { style, github } = options;
  const show = github ? githubLog : terminal;
  const failures = end.failures.slice(0, most).flatMap((failure) => [...failureBlock(failure, options), '']);
  const blocked = end.blocked.slice(0, most).map(({ task, by }) => {
    const others = by.length > 3 ? ` and ${by.length - 3} more` : '';
    const blockers = by.slice(0, 3).map(show).join(', ');
    return `${style.warning('▪')} ${style.strong(show(task))} is blocked by ${blockers}${others}`;
  });
  return [
    ...failures,
    ...more(end.failures.length, 'failed'),
    ...blocked,
    ...more(end.blocked.length, 'blocked'),
    ...(end.blocked.length > 0 ? [''] : []),
  ];
}

const more = (count: number, word: string): string[] =>
  count > most ? [`… and ${count - most} more ${word}: objflow status`] : [];

function failureBlock(failure: Failure, { style, github }: EndOptions): string[] {
  const show = github ? githubLog : terminal;
  const attempts = failure.attempts > 1 ? ` after ${failure.attempts} attempts` : '';
  const ending = `${endingWords(failure)}${attempts}`;
  const output = failure.output.map((line) => `  ${style.faint('│')} ${show(line)}`.trimEnd());
  const token = randomUUID();
  return [
    ...(github
      ? [`::error title=${githubProperty(failure.task)}::${githubData(`${failure.task} failed: ${ending}`)}`]
      : []),
    `${style.bad('✗')} ${style.strong(show(failure.task))} failed: ${show(ending)}`,
    ...(github && output.length > 0 ? [`::stop-commands::${token}`, ...output, `::${token}::`] : output),
    ...(failure.log === undefined ? [] : [`  ${style.faint('log:')} ${show(failure.log)}`]),
  ];
}

/** The summary, and where to look next when something waits. */
export function summaryLines(end: RunEnd, style: Styles): string[] {
  const { failed, blocked, waiting } = end.summary;
  const color = failed + blocked > 0 ? style.bad : end.stopped === true ? style.warning : style.good;
  const next = waiting > 0 && end.stopped !== true ? [style.faint('objflow status says what is waited for')] : [];
  return [color(summaryWords(end)), ...next];
}
