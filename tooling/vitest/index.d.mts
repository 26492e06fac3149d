import type { ViteUserConfig } from 'vitest/config';

export declare const defineLatchkeyProject: (overrides?: ViteUserConfig['test']) => ViteUserConfig;
