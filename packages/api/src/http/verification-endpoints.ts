import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where a framework has mounted Latchkey it says so; without one there is but the URL. */
export type MountedRequest = IncomingMessage & { readonly originalUrl?: string; readonly baseUrl?: string };

/** Answers a request, or leaves it untouched and says `false`. */
export type Answer = (request: MountedRequest, response: ServerResponse) => boolean;

export interface VerificationEndpointsOptions {
  readonly forwardAuth: (request: IncomingMessage, response: ServerResponse, address: Address) => Promise<void>;
  readonly introspect: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** One of `verify.*`, called by itself. */
  readonly call: (request: MountedRequest, response: ServerResponse, path: string) => Promise<void>;
  readonly log: (request: MountedRequest, response: ServerResponse) => void;
}

/** As it was written by whoever called, and up to where it says which endpoint is meant. */
export interface Address {
  readonly originalUrl: string;
  readonly baseUrl: string;
}

const CALLS = new Map(['verify.verify', 'verify.decide', 'verify.lookUp'].map((path) => [`/trpc/${path}`, path]));

/**
 * What is called for each request of somebody else's, before everything that only browsers and people need, any framework
 * included: that would cost more than the verification. Only where the request is written as these callers write it: any
 * other spelling of it takes the long way, to the same answers.
 */
export const createVerificationEndpoints = ({
  forwardAuth,
  introspect,
  call,
  log,
}: VerificationEndpointsOptions): Answer => {
  return (request, response) => {
    const url = request.url ?? '';
    if (url === '/oauth/introspect') {
      log(request, response);
      void introspect(request, response);
      return true;
    }
    if (url === '/forward-auth' || url.startsWith('/forward-auth?')) {
      log(request, response);
      const { originalUrl = url, baseUrl = '' } = request;
      void forwardAuth(request, response, { originalUrl, baseUrl: `${baseUrl}/forward-auth` });
      return true;
    }
    // Of an answer in pieces, which a header asks for, tRPC says itself why it is none.
    const path = request.method === 'POST' && !('trpc-accept' in request.headers) ? CALLS.get(url) : undefined;
    if (path === undefined) return false;
    log(request, response);
    void call(request, response, path);
    return true;
  };
};
