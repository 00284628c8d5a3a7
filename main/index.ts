// The door of main: the composed platform, for the command line and for tests that drive all of it.
export { readSettings, type Settings } from './config.ts';
export { type Platform, type PlatformOptions, startPlatform } from './platform.ts';
