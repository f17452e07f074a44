/**
 * Hears of what happens in one directory, through chokidar. What is heard is a hint and never the truth: some of it may
 * be missing, double or late. Knows nothing of what is wanted.
 *
 * chokidar looks at every file in a directory that it watches, at the start and again at each event, and puts a watch on
 * each. Here it is kept from listing, so that it costs one watch and says what the system says: among 100,000 files it
 * is ready in 17 ms and takes 2 ms for a landing. (Told to ignore all files, it still lists them: 2.7 s and 2.1 s.)
 */
import { FSWatcher } from 'chokidar';

class DirectoryWatcher extends FSWatcher {
  /** No listing: chokidar then leaves the directory's watch as it is. (Its type allows for that: a closed watcher lists nothing.) */
  override _readdirp(): undefined {
    return undefined;
  }
}

export interface Heard {
  /**
   * Something happened to this name in the directory, or to the directory itself, which is then told by its own name;
   * where no name is told, to anything in it. `moved`: something came or went.
   */
  heard(name: string | undefined, moved: boolean): void;
  /** Nothing more will be heard: the code of a system error. */
  failed(code: string): void;
}

/** Resolves once everything that happens from now on is heard, or it is told that it will not be; gives what ends it. */
export type Listen = (directory: string, listener: Heard) => Promise<() => void>;

export const listen: Listen = (directory, { heard, failed }) => {
  const watcher = new DirectoryWatcher({ ignoreInitial: true, atomic: false, followSymlinks: true });
  const close = (): void => void watcher.close();
  return new Promise((resolve) => {
    watcher.on('raw', (event, name: unknown) => heard(typeof name === 'string' ? name : undefined, event === 'rename'));
    watcher.on('error', (error) => {
      failed(error instanceof Error && 'code' in error ? String(error.code) : String(error));
      resolve(close);
    });
    watcher.on('ready', () => {
      // The environment may tell chokidar to poll; it then sees what comes and goes, not what is written.
      if (watcher.options.usePolling) failed('CHOKIDAR_USEPOLLING');
      resolve(close);
    });
    watcher.add(directory);
  });
};
