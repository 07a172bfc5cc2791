export { compression } from './delivery/compression.js';
export { warnings } from './delivery/warnings.js';
export type { DropCause } from './delivery/bounds.js';
export type { FlushResult } from './delivery/delivery.js';
export type { KeptReason, Pack } from './delivery/sender.js';
export type { Context, ItemsProperties, Order, StandardEvents, TrackedEvent, UnsentEvent } from './event/event.js';
export { identity, type IdentityMethods } from './identity/identity.js';
export { sessions, type Session } from './identity/session.js';
export type { CollectorOptions, CoreOptions, WithCollector } from './options.js';
export type { Consent, ConsentSource, ConsentState, Denies, Purpose, Statement } from './privacy/consent.js';
export type { EventFilter } from './privacy/screen.js';
export { dataExport, type DataExport, type ExportMethods } from './privacy/export.js';
export { linked, linking } from './identity/link.js';
export { consentSignals } from './privacy/signals.js';
export type { CanonicalStage, ModelName, OwnStage, StageName } from './journey/names.js';
export type { ProblemCode } from './problems.js';
export type { Enrich, Handler, Plugin, RecordOptions, Tools } from './plugin.js';
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
