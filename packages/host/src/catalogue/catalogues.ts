import featbit from '../data/featbit-catalogue.json' with { type: 'json' };
import launchdarkly from '../data/launchdarkly-catalogue.json' with { type: 'json' };

// Data as a host publishes it, unread on purpose: an organization stores the text and `readCatalogue` gives it its
// meaning at each use, so that what is stored today is read by tomorrow's rules.

/** What can be allowed in a FeatBit organization, with its built-in policies Owner, Administrator and Developer. */
export const featbitCatalogue: unknown = featbit;

/** The same in the LaunchDarkly dialect: the base roles Owner, Admin, Writer and Reader, and two custom roles. */
export const launchdarklyCatalogue: unknown = launchdarkly;
