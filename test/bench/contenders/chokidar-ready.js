// chokidar alone: says when it sees everything in `landing/` of the current directory.
import { watch } from 'chokidar';

watch('landing', { ignoreInitial: false }).on('ready', () => console.log('{"event":"watching"}'));
