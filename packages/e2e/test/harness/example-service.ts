import type { Installation } from './installation.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

const call = async (url: string, method: string, token: string): Promise<Answer> => {
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.text(), headers: response.headers };
};

/** Calls the example service as a script with a token does. */
export const flagsOf = ({ exampleUrl }: Pick<Installation, 'exampleUrl'>, organization: string) => {
  const flags = (project: string, environment: string) =>
    `${exampleUrl}/${organization}/projects/${project}/environments/${environment}/flags`;
  return {
    list: (token: string, project = 'shop', environment = 'prod') => call(flags(project, environment), 'GET', token),
    toggle: (token: string, flag = 'checkout', environment = 'prod', project = 'shop') =>
      call(`${flags(project, environment)}/${flag}/toggle`, 'POST', token),
    remove: (token: string, flag: string, environment = 'prod', project = 'shop') =>
      call(`${flags(project, environment)}/${flag}`, 'DELETE', token),
  };
};

export const FORBIDDEN = '{"success":false,"errors":["Forbidden"],"data":null}';
export const UNAUTHORIZED = '{"success":false,"errors":["Unauthorized"],"data":null}';
