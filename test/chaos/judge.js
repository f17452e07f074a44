/**
 * Judges a round by the log outside the project alone: what jobs told of themselves, what was done to the world and when,
 * and what the journal and the history said. Its lines stand in the order in which things happened. Knows nothing of the program.
 *
 *     event NAME GENERATION AT [gone]            something is about to land, or goes; AT in ms since 1970
 *     landed NAME GENERATION AT                  it is there
 *     start RUN ATTEMPT KEY TASK SOURCE=WORDS … > TARGET     a command begins, and has read this
 *     fail RUN ATTEMPT, end RUN ATTEMPT          it ends
 *     kill daemon|launcher|RUN                   is about to be killed
 *     recorded RUN TASK OUTCOME STARTED ENDED    the journal tells of a run that ended
 *     settled; expect TASK SOURCE=WORDS …; history RUN TASK OUTCOME
 *     idle … busy                                nothing is to run in between
 *
 * `node test/chaos/judge.js LOG` judges one that was kept.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Milliseconds for which a busy daemon may know nothing of what has landed: what starts meanwhile is told of it afterwards. */
const lag = 10_000;
/** Runs that `history` remembers. */
const remembered = 10_000;

/** What is wrong, in sentences. */
export function judge(log) {
  const wrong = [];
  const told = readLog(log);
  judgeRepeats(told, (what) => wrong.push(what));
  judgeMixtures(told, (what) => wrong.push(what));
  judgeSettled(told, (what) => wrong.push(what));
  return wrong;
}

/** Of what tasks should have consumed last, what they have not. */
export function unmet(log, expected) {
  const { last } = readLog(log);
  return expected.filter((line) => {
    const [task, ...sources] = line.split(' ');
    return last.get(task)?.sources !== sources.toSorted().join(' ');
  });
}

/** Who executed what, and what came of it, with the place of each line. */
export function readLog(log) {
  const executions = [];
  const byRun = new Map();
  const recorded = new Map();
  const events = [];
  const kills = [];
  const settled = [];
  const idle = { from: Infinity, to: Infinity };
  /** Of each task, the last execution that came to its end and whose run is on record as succeeded. */
  const last = new Map();
  const lines = log.split('\n').slice(0, -1);
  lines.forEach((line, at) => {
    const [what, name, ...rest] = line.split(' ');
    if (what === 'start') {
      const [attempt, key, task, ...words] = rest;
      const sources = words.slice(0, words.indexOf('>')).toSorted();
      const one = {
        at,
        run: name,
        attempt,
        key,
        task,
        sources: sources.join(' '),
        each: sources,
        target: words.at(-1),
      };
      executions.push(one);
      byRun.set(name, [...(byRun.get(name) ?? []), one]);
    } else if (what === 'end' || what === 'fail') {
      const one = byRun.get(name)?.findLast(({ attempt }) => attempt === rest[0]);
      if (one) one[what] = at;
    } else if (what === 'event')
      events.push({ at, name, generation: rest[0], time: Number(rest[1]), gone: rest[2] === 'gone' });
    else if (what === 'landed') {
      const event = events.findLast((one) => one.name === name);
      if (event) event.landed = Number(rest[1]);
    } else if (what === 'kill') kills.push({ at, what: name });
    else if (what === 'recorded') {
      const [task, outcome, startedAt, endedAt] = rest;
      recorded.set(name, { at, task, outcome, startedAt: Number(startedAt), endedAt: Number(endedAt) });
      const one = byRun.get(name)?.findLast(({ end }) => end !== undefined);
      if (outcome === 'succeeded' && one && !(last.get(task)?.at > one.at)) last.set(task, one);
    } else if (what === 'settled') settled.push({ at, expected: [], history: [], last: new Map(last) });
    else if (what === 'expect') settled.at(-1)?.expected.push([name, rest]);
    else if (what === 'history') settled.at(-1)?.history.push({ run: name, task: rest[0], outcome: rest[1] });
    else if (what === 'idle') idle.from = at;
    else if (what === 'busy') idle.to = at;
  });
  return { executions, byRun, recorded, events, kills, settled, idle, last };
}

/** A success that was recorded is not repeated; nothing runs twice but what was killed, or failed. */
function judgeRepeats({ executions, recorded, events, kills, idle }, wrong) {
  const before = new Map();
  const tasks = new Map();
  const writers = new Map();
  for (const one of executions) writers.set(one.target, [...(writers.get(one.target) ?? []), one]);
  for (const one of executions) {
    const { at, run, task, key } = one;
    const work = `${task} ${key}`;
    const earlier = before.get(work) ?? [];
    before.set(work, [...earlier, one]);
    const where = `${task} ran again as ${run} (line ${at + 1})`;
    const done = earlier.find((other) => isSuccess(recorded.get(other.run)) && recorded.get(other.run).at < at);
    if (done) wrong(`${where}, though ${done.run} of the same key was recorded as succeeded`);
    else if (earlier.length > 0) {
      const other = earlier.at(-1);
      const outcome = recorded.get(other.run)?.outcome;
      const excused = other.fail !== undefined || outcome === 'failed';
      // A command that is just beginning may be killed, and have told of its start before it dies.
      const beforeIt = executions.findLast((each) => each.run === other.run && each.at < other.at)?.at ?? 0;
      const struck = kills.some(({ at: when, what }) => what === other.run && when > beforeIt && when < at);
      if (!excused && !struck) wrong(`${where} for the work of ${other.run}, and nobody had killed that`);
    }
    // The same content in what is told to be another version: somebody must have written it anew.
    const success = tasks.get(task)?.findLast((other) => isSuccess(recorded.get(other.run)));
    if (success && !done && success.key !== key && success.sources === one.sources) {
      const since = recorded.get(success.run).startedAt - lag;
      const names = one.each.map((source) => source.slice(0, source.indexOf('=')));
      const rewritten = names.some(
        (name) =>
          events.some((event) => event.name === name && event.at < at && (event.landed ?? event.time) >= since) ||
          (writers.get(name) ?? []).some((by) => by.at < at && (recorded.get(by.run)?.endedAt ?? Infinity) >= since),
      );
      if (!rewritten) wrong(`${where} on what ${success.run} had consumed, and nobody had written it anew`);
    }
    tasks.set(task, [...(tasks.get(task) ?? []), one]);
    if (at > idle.from && at < idle.to) wrong(`${task} ran as ${run} (line ${at + 1}), though nothing had happened`);
  }
}

const isSuccess = (record) => record?.outcome === 'succeeded';

/**
 * A task reads one generation of whatever its sources come from. Only where landings overlap it may read two. They do not when all
 * that had happened was consumed, then one thing happened.
 */
function judgeMixtures({ executions, events, recorded }, wrong) {
  const whole = new Map();
  for (const one of executions) {
    const read = one.each.map((source) => wordsOf(source));
    const generations = new Map();
    for (const words of read)
      for (const [name, generation] of words)
        generations.set(name, (generations.get(name) ?? new Set()).add(generation));
    // What is two in one source was two where that was made.
    const inherited = read.some((words) => new Set(words.map(([name]) => name)).size < words.length);
    const mixed = [...generations].filter(([, all]) => all.size > 1).map(([name]) => name);
    if (mixed.length > 0 && !inherited) {
      const clean = whole.get(one.task);
      const between = clean && events.filter(({ at, name }) => at > clean.at && at < one.at && generations.has(name));
      if (between?.length === 1)
        wrong(
          `${one.task} consumed a mixture of ${mixed.join(', ')} in ${one.run} (line ${one.at + 1}), though only ${between[0].name} had changed`,
        );
    }
    if (mixed.length > 0 || inherited) continue;
    const latest = [...generations].every(([name, all]) => {
      const event = events.findLast((each) => each.at < one.at && each.name === name);
      return event && !event.gone && all.has(event.generation);
    });
    if (latest && isSuccess(recorded.get(one.run))) whole.set(one.task, one);
  }
}

const wordsOf = (source) =>
  source
    .slice(source.indexOf('=') + 1)
    .split(',')
    .filter((word) => word !== '')
    .map((word) => word.split(':'));

/** When all is quiet, each task's last success has consumed what is there, and the history tells the same as the log. */
function judgeSettled({ executions, byRun, recorded, settled }, wrong) {
  for (const { at, expected, history, last } of settled) {
    for (const [task, sources] of expected) {
      const found = last.get(task);
      if (found?.sources !== sources.toSorted().join(' '))
        wrong(
          `${task} should have consumed ${sources.join(' ')} (line ${at + 1}), and last consumed ${found?.sources ?? 'nothing'}`,
        );
    }
    const runs = new Map(history.map((one) => [one.run, one]));
    for (const { run, task, outcome } of history) {
      if (outcome === 'succeeded' && !byRun.get(run)?.some(({ end }) => end !== undefined))
        wrong(`the history says that ${run} of ${task} succeeded, and it never came to its end`);
      if (recorded.has(run) && recorded.get(run).outcome !== outcome)
        wrong(`the history says that ${run} of ${task} ${outcome}, the journal once said ${recorded.get(run).outcome}`);
    }
    if (history.length >= remembered) continue;
    for (const { run, task, at: when } of executions)
      if (when < at && !runs.has(run)) wrong(`the history knows nothing of ${run} of ${task} (line ${when + 1})`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const wrong = judge(readFileSync(process.argv[2], 'utf8'));
  for (const what of wrong) process.stdout.write(`${what}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
