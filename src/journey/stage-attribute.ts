import { ofDocument } from '../platform/of-document.js';
import type { Plugin } from '../plugin.js';
import type { JourneyState } from './state.js';

/**
 * Mirrors the visitor's stage as `data-journey-stage` on `<html>`, for style sheets. Needs `stages`.
 *
 * @param model name of the journey's first; default: `journey`
 */
export const stageAttribute = (model = 'journey'): Plugin => ({
  name: 'stageAttribute',
  start({ guard, on, stops, tracker }) {
    const { dataset } = ofDocument('documentElement');
    const clear = () => delete dataset.journeyStage;
    const mirror = guard(() => {
      const journey = tracker.record()?.state.stages as JourneyState | undefined;
      const stage = journey?.progress[model]?.stage;
      if (stage && dataset.journeyStage !== stage) dataset.journeyStage = stage;
    });
    tracker.known(mirror);
    stops.push(on('event', mirror), on('reset', clear), clear);
  },
});
