// The loop that one would write by hand: fs.watch and execa, for `landing/` of the current directory. argv: the command.
import { watch } from 'node:fs';
import { execa } from 'execa';

const [command] = process.argv.slice(2);
watch('landing', async (event, name) => {
  if (event !== 'rename') return;
  await execa('sh', ['-c', command], { stdio: 'ignore', env: { source: `landing/${name}` } });
  console.log('{"event":"run-succeeded"}');
});
console.log('{"event":"watching"}');
