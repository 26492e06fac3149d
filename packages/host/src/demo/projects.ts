/** A project of the demo, as the example service keeps it. The directory itself knows no projects and no flags. */
export interface DemoProject {
  readonly key: string;
  readonly name: string;
  readonly environments: readonly DemoEnvironment[];
}

export interface DemoEnvironment {
  readonly key: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** LaunchDarkly's property of an environment; `{critical:true}` in a pattern asks for it. */
  readonly critical: boolean;
  readonly flags: readonly DemoFlag[];
}

export interface DemoFlag {
  readonly key: string;
  readonly name: string;
  readonly on: boolean;
  readonly tags: readonly string[];
}

/** Two projects with environments and flags, for both demo organizations. */
export const demoProjects: readonly DemoProject[] = [
  {
    key: 'shop',
    name: 'Web shop',
    environments: [
      {
        key: 'prod',
        name: 'Production',
        tags: [],
        critical: true,
        flags: [
          { key: 'checkout', name: 'One-page checkout', on: true, tags: ['paid'] },
          { key: 'gift-cards', name: 'Gift cards', on: false, tags: ['paid', 'beta'] },
          { key: 'dark-mode', name: 'Dark mode', on: false, tags: [] },
        ],
      },
      {
        key: 'dev',
        name: 'Development',
        tags: ['qa_shop'],
        critical: false,
        flags: [
          { key: 'checkout', name: 'One-page checkout', on: true, tags: ['paid'] },
          { key: 'gift-cards', name: 'Gift cards', on: true, tags: ['paid', 'beta'] },
          { key: 'dark-mode', name: 'Dark mode', on: true, tags: [] },
        ],
      },
    ],
  },
  {
    key: 'mobile',
    name: 'Mobile app',
    environments: [
      {
        key: 'prod',
        name: 'Production',
        tags: [],
        critical: true,
        flags: [
          { key: 'push', name: 'Push messages', on: true, tags: [] },
          { key: 'offline', name: 'Offline mode', on: false, tags: ['beta'] },
        ],
      },
      {
        key: 'staging',
        name: 'Staging',
        tags: ['qa_mobile'],
        critical: false,
        flags: [
          { key: 'push', name: 'Push messages', on: true, tags: [] },
          { key: 'offline', name: 'Offline mode', on: true, tags: ['beta'] },
        ],
      },
    ],
  },
];
