// chokidar and execa, for `landing/` of the current directory. argv: the command.
import { watch } from 'chokidar';
import { execa } from 'execa';

const [command] = process.argv.slice(2);
watch('landing', { ignoreInitial: true })
  .on('add', async (source) => {
    await execa('sh', ['-c', command], { stdio: 'ignore', env: { source } });
    console.log('{"event":"run-succeeded"}');
  })
  .on('ready', () => console.log('{"event":"watching"}'));
