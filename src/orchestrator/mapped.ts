/** A mapping without errors, and what feeds what in it: all that an orchestrator needs of what was loaded. */
import type { Loaded } from '../manifest/load.js';

export type Mapped = Pick<Loaded, 'mapping' | 'graph' | 'sources' | 'path'>;
