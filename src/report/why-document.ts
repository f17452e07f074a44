/** What `why --format json` prints: the answer as a document (schema/why.schema.json). Its core is in PRODUCT.md. */
import type { RunView } from '../core/views.js';
import type { Came, Lacks, Near, ObjectFacts, WhySource, WhyTask, WhyView } from '../core/why-view.js';
import { isoTime } from './durations.js';
import { json } from './sinks.js';
import type { Output, WhyOptions } from './why.js';
import { nextWords } from './why-words.js';

type Options = Pick<WhyOptions, 'atWork' | 'outputs'>;

/** The document; ends with a newline. */
export function whyDocument(view: WhyView, options: Options): string {
  const { subject, kind, isUpToDate } = view;
  const about = { subject, kind, upToDate: isUpToDate };
  const next = { next: nextWords(view.next, options), nextAction: view.next.do };
  switch (view.kind) {
    case 'task': {
      const { next: _, ...task } = taskOf(view.task, options);
      return print({ ...about, ...task, ...next });
    }
    case 'job': {
      const because = view.tasks.map((task) => taskOf(task, options));
      return print({ ...about, reasons: [], sources: [], phases: view.phases, because, ...next });
    }
    case 'object': {
      const { object, makers, readers, readersInAll, jobs } = view;
      const because = view.because.map((task) => taskOf(task, options));
      return print({
        ...about,
        reasons: [],
        sources: [],
        facts: objectOf(object),
        makers,
        readers,
        readersInAll,
        jobs,
        because,
        ...next,
      });
    }
  }
}

const print = (document: object): string => `${json(document, 2)}\n`;

function taskOf(task: WhyTask, options: Options): Readonly<Record<string, unknown>> {
  const { task: name, job, partition, phase, reasons, lastRun, sources, gathered, because, ends, next } = task;
  const output = lastRun && options.outputs.get(lastRun.run);
  return {
    task: name,
    job,
    partition,
    ...(phase === undefined ? {} : { phase }),
    reasons,
    ...(lastRun === undefined ? {} : { lastRun: runOf(lastRun, output) }),
    sources: sources.map((source) => sourceOf(source, options)),
    ...(gathered.length === 0 ? {} : { gathered }),
    ...(because.length === 0 ? {} : { because: because.map((other) => taskOf(other, options)) }),
    ...(ends === undefined ? {} : { ends }),
    next: nextWords(next, options),
  };
}

const runOf = ({ startedAt, endedAt, ...run }: RunView, output: Output | undefined) => ({
  ...run,
  startedAt: isoTime(startedAt),
  ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
  ...(output === undefined ? {} : { log: output.log, output: output.lines }),
});

function sourceOf(source: WhySource, options: Options): object {
  const { name, consumed, changed, trigger, optional, because } = source;
  const producedBy = source.came?.task ?? source.makers[0] ?? because[0]?.task;
  return {
    ...objectOf(source),
    ...(name === undefined ? {} : { name }),
    ...(consumed === undefined ? {} : { consumed }),
    changed,
    ...(producedBy === undefined ? {} : { producedBy }),
    ...(trigger ? {} : { trigger }),
    ...(optional ? { optional } : {}),
    ...(because.length === 0 ? {} : { because: because.map((task) => taskOf(task, options)) }),
  };
}

function objectOf({ object, state, version, size, came, lacks, problem, near }: ObjectFacts) {
  return {
    object,
    state,
    ...(version === undefined ? {} : { version }),
    ...(size === undefined ? {} : { size }),
    ...(came === undefined ? {} : { came: cameOf(came) }),
    ...(lacks === undefined ? {} : { lacks: lacksOf(lacks) }),
    ...(problem === undefined ? {} : { problem }),
    ...(near.length === 0 ? {} : { near: near satisfies readonly Near[] }),
  };
}

const cameOf = ({ at, ...came }: Came) => ({ ...came, ...(at === undefined ? {} : { at: isoTime(at) }) });

const lacksOf = (lacks: Lacks) =>
  lacks.what === 'time' ? { ...lacks, since: isoTime(lacks.since), until: isoTime(lacks.until) } : lacks;
