import type { ConsentGate, ConsentSource } from './consent/consent.js';
import type { Lane } from './delivery/lane.js';
import type { Freezer } from './event/freeze.js';
import type { Listeners } from './listeners.js';
import type { coreDefaults } from './options.js';
import type { Pipeline } from './pipeline.js';
import type { Stop } from './platform/listen.js';
import type { PluginApi, Story, TrackerView } from './plugin.js';
import type { Plugins } from './plugins.js';
import type { Filters } from './privacy/filters.js';
import type { VisitorRecord } from './visitor/record.js';
import type { Tab } from './visitor/tab.js';
import type { Visitor } from './visitor/visitor.js';

/** The parts of one tracker, and what they share. */
export interface Parts {
  options: typeof coreDefaults;
  isAnonymous: boolean;
  isStopped: boolean;
  /** Whether the page is just coming out of the back/forward cache. */
  isBack: boolean;
  /** How many times what was withdrawn is being taken out of what is stored: nothing is sent meanwhile. */
  withdrawals: number;
  /** Tells other tabs that consent is withdrawn; there once the page is shown, and not while another tab says it. */
  withdraw?: ((source: ConsentSource) => void) | undefined;
  story: Story;
  stops: Stop[];
  plugins: Plugins;
  listeners: Listeners;
  filters: Filters;
  freezer: Freezer;
  gate: ConsentGate;
  tab: Tab;
  visitor: Visitor;
  lanes: readonly Lane[];
  pipeline: Pipeline;
  /** The tracker, as plugins see it. */
  view: TrackerView;
  api: PluginApi;
  /** Runs `work` with an up-to-date record, once that is allowed. */
  known(work: (record: VisitorRecord) => void, isEvent?: boolean): void;
  /** Whether anything may be kept beyond the page now. */
  mayKeep(): boolean;
  mayMarket(): boolean;
}
