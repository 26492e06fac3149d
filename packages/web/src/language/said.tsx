import { shown } from './shown.ts';

/** A text that somebody else chose, apart from what stands around it. */
export const Said = ({ text }: { readonly text: string }) => <bdi>{shown(text)}</bdi>;
