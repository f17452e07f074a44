/** What is said beside a result: wrapped where a terminal shows it, and not where a program reads it. */
import { expect, test } from 'vitest';
import { runReporter } from '../../src/cli/reporters.js';
import { onTerminal, say } from '../../src/cli/say.js';
import { nothing, start, story } from '../report/story.js';
import { projectOf } from './context.js';

test('wrapped by words on a terminal, as it is elsewhere, and not at all to the quiet', () => {
  const sentence = 'load_orders: run x-1, failed 2m ago, exit status 1: .objflow/logs/x-1.log';
  expect(onTerminal(`${sentence}\nand more`, 30)).toBe(
    'load_orders: run x-1, failed\n2m ago, exit status 1:\n.objflow/logs/x-1.log\nand more\n',
  );
  expect(onTerminal(sentence, undefined)).toBe(`${sentence}\n`);
  const p = projectOf(undefined);
  for (const quiet of [false, true]) {
    const context = p.call({ quiet });
    say(context, sentence);
    expect(context.err.text).toBe(quiet ? '' : `${sentence}\n`);
  }
});

test('what is set aside is told by a run that has something else to tell, and by one that says more', () => {
  const [aside, landed, started] = story;
  const told = (verbose: boolean, ...events: typeof story): string => {
    const context = projectOf(undefined).call({ verbose });
    const reporter = runReporter(context, 'text');
    for (const event of events) reporter.report(event);
    reporter.end(nothing({ upToDate: 1 }));
    return context.err.text;
  };
  if (!aside || !landed || !started) throw new Error('the story has become shorter');
  expect([aside.event, landed.event, started.event, start]).toEqual([
    ...['set-aside', 'object-landed', 'run-started', aside.at],
  ]);
  expect(told(false, aside, landed)).toBe('');
  expect(told(false, aside, landed, started).match(/set aside|started/g)).toEqual(['set aside', 'started']);
  expect(told(true, aside)).toContain('set aside');
});
