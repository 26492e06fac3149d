/** Tells the console's other tabs, which share the cookie, that somebody has signed in or out. */
export interface OtherTabs {
  readonly tell: () => void;
  readonly listen: (heard: () => void) => () => void;
}

export const createOtherTabs = (): OtherTabs => {
  const channel = new BroadcastChannel('latchkey.session');
  return {
    tell: () => channel.postMessage('changed'),
    listen: (heard) => {
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
};
