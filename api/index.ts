// The door of the API: the platform over HTTP.
export { buildApp } from './app.ts';
export type { ApiDeps, DemoAccount, KeptMail } from './deps.ts';
export { startApi } from './start.ts';
