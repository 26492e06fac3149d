import type { Request, RequestHandler, Response } from 'express';

export interface PlainEndpointsOptions {
  readonly forwardAuth: RequestHandler;
  readonly introspect: RequestHandler;
  readonly log: (request: Request, response: Response) => void;
}

/**
 * What is called for each request of somebody else's, before everything that only browsers and people need. Only where the
 * address is written as these callers write it: any other spelling of it takes the long way, to the same handlers.
 */
export const createPlainEndpoints = ({ forwardAuth, introspect, log }: PlainEndpointsOptions): RequestHandler => {
  return (request, response, next) => {
    const { url } = request;
    if (url === '/oauth/introspect') {
      log(request, response);
      return introspect(request, response, next);
    }
    if (url === '/forward-auth' || url.startsWith('/forward-auth?')) {
      log(request, response);
      const { baseUrl } = request;
      // As where it is mounted at its own path.
      request.baseUrl = `${baseUrl}/forward-auth`;
      return forwardAuth(request, response, next);
    }
    next();
  };
};
