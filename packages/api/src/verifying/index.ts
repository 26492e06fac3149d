// For measuring: the verifier of a node without the server around it. What is published has no path to it.
export { createSettler } from '../settling/settler.ts';
export { createVerifying, type Verifying } from './create-verifying.ts';
export { type Following, followFeed } from './follow-feed.ts';
