/**
 * The library: what a program that imports `objflow` is given. README.md, "As a library", shows it at work.
 */
export type { Diagnostic, Place } from './core/diagnostic.js';
export type { Given, Work } from './core/effect.js';
export type { Job, Retries, Source, SourcesAs, Target } from './core/job.js';
export type { Mapping, ObjectDeclaration } from './core/mapping.js';
export type { ObjectId, Version } from './core/object.js';
export type { Pattern } from './core/pattern.js';
export type { Ending } from './core/record.js';
export type { Result } from './core/result.js';
export type { Phase, Reason, ReasonCode, SummaryView as Summary } from './core/views.js';
export type { Execution, Executor, Outcome } from './execute/executor.js';
export { type Counted, type Loaded, type LoadFailure, loadMapping } from './manifest/load.js';
export type { Announced } from './orchestrator/announce.js';
export {
  type EmitOptions,
  Orchestrator,
  type OrchestratorOptions,
  type RunOptions,
  type RunResult,
  type Select,
  type StatusOptions,
  type WatchOptions,
  type WatchResult,
} from './orchestrator/orchestrator.js';
export type { Problem, ProblemKind } from './orchestrator/problem.js';
export type { EventDocument as OrchestratorEvent, FindingDocument as Finding } from './report/event-document.js';
export type { Failure } from './report/run-event.js';
export type { RunDocument as LastRun, TaskDocument as TaskView } from './report/status-document.js';
