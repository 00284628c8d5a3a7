// Asks the API as somebody; nobody is null.
import type { Account, Platform } from './platform.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export const asking =
  (platform: Platform) =>
  (
    who: Pick<Account, 'cookie'> | null,
    method: Method,
    path: string,
    payload?: object | string,
    headers: object = {},
  ) =>
    platform.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...(who ? { cookie: who.cookie } : {}), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });

export type Ask = ReturnType<typeof asking>;

/** The cookie that an answer sets, to go on with. */
export const cookieOf = (answer: Awaited<ReturnType<Ask>>): { cookie: string } => {
  const [cookie] = answer.cookies;
  if (!cookie) throw new Error(`no cookie in ${answer.statusCode} ${answer.body}`);
  return { cookie: `${cookie.name}=${cookie.value}` };
};
