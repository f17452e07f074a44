/** `objflow` at its start: what a call costs that has next to nothing to do, beside Node that does nothing. */
import { within } from './children.js';
import { bareNode, turns } from './measure.js';
import { writeManifest } from './projects.js';

/** So many times Node's own start a call may take. */
const goals = { '--version': 1.2, '--help': 1.2, validate: 2 };

function start(sheet, { bin, quick }) {
  return within(async (root) => {
    const jobs = Array.from({ length: 100 }, (_, number) => [
      `job_${number}`,
      { sources: `in/${number}.csv`, targets: `out/${number}.csv`, run: 'cp "$source" "$target"' },
    ]);
    writeManifest(root, jobs);
    const calls = [...Object.keys(goals), 'status'].map((word) => ({
      what: word.startsWith('-') ? `objflow ${word}` : `objflow ${word}: 100 jobs`,
      command: [process.execPath, bin, word, ...(word.startsWith('-') ? [] : ['-C', root])],
    }));
    const [bare, ...figures] = turns(sheet, quick ? 5 : 15, [bareNode, ...calls]);
    for (const [index, limit] of Object.values(goals).entries())
      sheet.goal(`${calls[index].what} / node -e 0`, figures[index] / bare, limit);
  });
}

export const runSuite = { start };
