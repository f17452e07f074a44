/** Which reporter tells what happens: by the format that was asked for, and by what the output is. */
import path from 'node:path';
import { tailOfLog } from '../execute/log.js';
import { logFile } from '../orchestrator/places.js';
import type { Reporter, RunEvent } from '../report/run-event.js';
import { jsonReporter } from '../report/run-json.js';
import { plainReporter, quietReporter, quietWatchReporter } from '../report/run-plain.js';
import { prettyReporter } from '../report/run-pretty.js';
import type { Context } from './context.js';
import { lineReader } from './mapping.js';

type Format = 'text' | 'json';

/** Lines of a failed run's output among which its reporter finds some to show. */
const tailLines = 20;

/** For `run`. */
export function runReporter(context: Context, format: Format): Reporter {
  const { out, err, github, colorErr: color, colorOut, options } = context;
  const verbose = options.verbose === true;
  if (format === 'json') return jsonReporter({ out, cwd: context.cwd });
  if (options.quiet) return quietReporter({ out, color: colorOut, github });
  const reporter = isTerminal()
    ? prettyReporter({ out, err, color, verbose })
    : plainReporter({ out, err, color, verbose, github });
  return verbose ? reporter : asideLater(reporter);
}

/** What is set aside is for `status` to list: it is told with something else, so that nothing to do makes no noise. */
function asideLater(reporter: Reporter): Reporter {
  const waiting: RunEvent[] = [];
  return {
    ...reporter,
    report(event) {
      if (event.event === 'set-aside') waiting.push(event);
      else {
        // A landing alone is not told to those who want no more words.
        if (event.event !== 'object-landed') for (const each of waiting.splice(0)) reporter.report(each);
        reporter.report(event);
      }
    },
  };
}

/** For `watch`; `state` is the state's file, beside which the logs are. */
export function watchReporter(context: Context, format: Format, state: string): Reporter {
  const { out, err, github, colorErr: color, cwd, options } = context;
  const verbose = options.verbose === true;
  if (format === 'json') return jsonReporter({ out, cwd });
  const log = (run: string): string => path.relative(cwd, logFile(state, run));
  const tail = (run: string): readonly string[] => tailOfLog(logFile(state, run), tailLines);
  const daemon = { landings: true, dates: true, findings: { cwd, lines: lineReader }, log, tail };
  if (options.quiet) return quietWatchReporter({ out, err, color, github, ...daemon });
  if (isTerminal()) return prettyReporter({ out, err, color, verbose, ...daemon });
  return plainReporter({ out, err, color, verbose, github, ...daemon });
}

const isTerminal = (): boolean =>
  process.stderr.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb' && !process.env.CI;
