const stateOf = (category) => (CookieConsent.acceptedCategory(category) ? 'granted' : 'denied');
const tellWaymark = () => waymark('consent', { analytics: stateOf('analytics'), marketing: stateOf('marketing') });

CookieConsent.run({
  categories: { necessary: { enabled: true, readOnly: true }, analytics: {}, marketing: {} },
  // On every page, once there is an answer; and when it changes.
  onConsent: tellWaymark,
  onChange: tellWaymark,
  language: {
    default: 'en',
    translations: {
      en: {
        consentModal: {
          title: 'May we measure your visit?',
          description: 'We would like to know which pages are read and what brings people here. Nothing is stored or sent before you answer.',
          acceptAllBtn: 'Yes, both',
          acceptNecessaryBtn: 'No',
          showPreferencesBtn: 'Choose',
        },
        preferencesModal: {
          title: 'Your choice',
          acceptAllBtn: 'Yes, both',
          acceptNecessaryBtn: 'No',
          savePreferencesBtn: 'Save',
          closeIconLabel: 'Close',
          sections: [
            { title: 'Measuring', description: 'Pages, carts and orders, with a random number for this browser.', linkedCategory: 'analytics' },
            { title: 'Advertising', description: 'Which advertisement or shared link brought you here.', linkedCategory: 'marketing' },
          ],
        },
      },
    },
  },
});
