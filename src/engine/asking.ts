/**
 * What somebody asks of tasks, done in the order of asking, once everything has been looked at, and answered when it is
 * on record.
 */
import { fileTargets } from '../core/adopt.js';
import type { Look } from '../core/object.js';
import { step } from '../core/step.js';
import type { Looking } from './looking.js';
import type { Recording } from './recording.js';
import type { Loop, Present } from './world.js';

/** What somebody asks of tasks, by their names. */
export type Asking =
  | { readonly what: 'retry' | 'reset'; readonly tasks: readonly string[] }
  /** Each with the key of its work as it was when somebody looked. */
  | { readonly what: 'adopt'; readonly tasks: readonly { readonly task: string; readonly key: string }[] };

/** Hears of which tasks it was done. */
export type Told = (tasks: readonly string[]) => void;

interface Asked {
  readonly asking: Asking;
  readonly told: Told;
  readonly answer: (count: number | undefined) => void;
}

interface Parts {
  readonly present: Present;
  readonly recording: Recording;
  readonly looking: Looking;
  readonly loop: Loop;
  /** Everything has been looked at. */
  readonly isReady: () => boolean;
  /** Nothing more is done. */
  readonly isOver: () => boolean;
  /** Decides on all that has happened. */
  readonly drain: () => void;
  /** Called when what was asked has been dealt with. */
  readonly turned: () => void;
}

export interface Askings {
  /** Gives of how many tasks it was done, undefined where it was not. */
  ask(asking: Asking, told: Told): Promise<number | undefined>;
  /** Does what was asked, one after the other. */
  answerAll(): Promise<void>;
  /** What was asked and not done stays where it was asked. */
  answerNone(): void;
  /** Something that was asked is being done. */
  readonly answering: boolean;
}

/** Does it with these parts of an engine. */
export function createAskings(parts: Parts): Askings {
  const { present, recording, looking, loop, isReady, isOver, drain, turned } = parts;
  const asked: Asked[] = [];
  let answering = false;

  async function answerAll(): Promise<void> {
    if (answering) return;
    answering = true;
    for (let next = asked[0]; next && isReady(); next = asked[0]) {
      const { state } = present;
      const targets = await targetsOf(next.asking);
      // Another state has taken its place, and wants to be looked at first.
      if (state !== present.state) continue;
      asked.shift();
      next.answer(await answerOne(next, targets));
    }
    answering = false;
    loop.wakeUp();
  }

  async function targetsOf(asking: Asking): Promise<readonly Look[]> {
    if (asking.what !== 'adopt') return [];
    const tasks = asking.tasks.map(({ task }) => task);
    return looking.during(present.objects.look(fileTargets(present.state, tasks), true));
  }

  async function answerOne({ asking, told }: Asked, targets: readonly Look[]): Promise<number | undefined> {
    drain();
    if (recording.stalled || recording.problem || isOver()) return undefined;
    const at = loop.now();
    const effects =
      asking.what === 'adopt'
        ? step(present.state, { type: 'adopt-asked', at, tasks: asking.tasks, targets })
        : step(present.state, { type: 'asked', at, what: asking.what, tasks: asking.tasks });
    const done = effects.flatMap((effect) =>
      effect.type === 'append' && (effect.record.type === 'asked' || effect.record.type === 'run')
        ? [effect.record.task]
        : [],
    );
    recording.perform(effects, () => told(done));
    turned();
    loop.wakeUp();
    // The state has changed: whoever asked again would have it done twice.
    while (recording.stalled === effects) await loop.something();
    return recording.problem ? undefined : done.length;
  }

  function answerNone(): void {
    for (const { answer } of asked.splice(0)) answer(undefined);
  }

  return {
    ask(asking, told) {
      const answered = new Promise<number | undefined>((answer) => void asked.push({ asking, told, answer }));
      if (isOver()) answerNone();
      else if (isReady()) void answerAll();
      return answered;
    },
    answerAll,
    answerNone,
    get answering() {
      return answering;
    },
  };
}
