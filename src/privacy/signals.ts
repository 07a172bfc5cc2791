import { openLayer } from '../browser/pushes.js';
import type { Plugin } from '../plugin.js';
import { runLater } from '../util/run-later.js';
import { purposesOf, readGoogleConsent, SILENT } from './google-consent.js';
import { watchTcf } from './tcf.js';

/**
 * Hears what the page's consent platform says: by the IAB's Transparency and Consent Framework (`__tcfapi`), and by Google's consent mode in the data
 * layer. Goes before all other plugins.
 *
 * @param name of the data layer; an empty text leaves it alone; default: `dataLayer`
 */
export const consentSignals =
  (name = 'dataLayer'): Plugin =>
  (tools) => {
    const { consent, report, safe, stops, watch } = tools;
    let google = SILENT;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hear = safe((entry: unknown) => {
      const heard = readGoogleConsent(entry, google);
      if (!heard) return;
      // In a moment, when there is somebody who listens: a default stands in the page before everything else.
      if (heard.isRegional && !google.isRegional) queueMicrotask(safe(() => report('consent_region', 'where the visitor is, a page cannot know: a default for some regions that denies counts in all')));
      google = heard;
      consent.say('google', purposesOf(google, google.waitMs > 0));
      // Each default that asks for it begins the wait anew, as in Google's tags.
      clearTimeout(timer);
      if (google.waitMs && !google.isAnswered) timer = runLater(safe(() => consent.say('google', purposesOf(google, false))), google.waitMs);
    });
    stops.push(() => clearTimeout(timer));
    watch(() => {
      if (name) (tools.layer = openLayer(name, stops))(hear);
      watchTcf(stops, safe((statement) => consent.say('tcf', statement)), safe);
    });
  };
