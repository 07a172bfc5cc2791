export { compression } from './delivery/compression.js';
export { warnings } from './delivery/warnings.js';
export type { DropCause } from './outbox/bounds.js';
export type { FlushResult } from './delivery/destinations.js';
export type { Pack } from './delivery/attempt.js';
export type { KeptReason } from './delivery/change.js';
export type { Context, ItemsProperties, Order, StandardEvents, TrackedEvent, UnsentEvent } from './event/event.js';
export { identity, type IdentityMethods } from './visitor/identity.js';
export { sessions, type Session } from './visitor/session.js';
export type { CollectorOptions, CoreOptions, WithCollector } from './options.js';
export type { Consent, ConsentSource, ConsentState, Denies, Purpose, Statement } from './consent/consent.js';
export type { EventFilter } from './privacy/filters.js';
export { dataExport, type DataExport, type ExportMethods } from './privacy/export.js';
export { linked, linking } from './visitor/link.js';
export { consentSignals } from './consent/own-signals.js';
export type { CanonicalStage, ModelName, OwnStage, StageName } from './journey/names.js';
export type { ProblemCode } from './problems.js';
export type {
  DraftOptions,
  Plugin,
  PluginApi,
  PluginEvents,
  Step as PluginStep,
  TrackerView,
  VisitorView,
} from './plugin.js';
export { deriveDraft, type Data, type Draft } from './event/draft.js';
export { tryPlugins, type Trial } from './try-plugins.js';
export { withdrawals } from './privacy/withdrawn.js';
export type { VisitorRecord } from './visitor/record.js';
export {
  createTracker,
  type AllEvents,
  type CoreTracker,
  type EventMap,
  type Problem,
  type TrackArguments,
  type TrackerEvents,
  type TrackOptions,
} from './tracker.js';
