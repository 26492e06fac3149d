export { featbitCatalogue, launchdarklyCatalogue } from './catalogue/catalogues.ts';
export { cataloguePolicyId } from './catalogue/policy-id.ts';
export { type DemoMember, type DemoOrganization, demoOrganizations } from './demo/organizations.ts';
export { type DemoProject, demoProjects } from './demo/projects.ts';
export { seedDemo } from './demo/seed.ts';
export * from './directory.ts';
export { createEmbeddedDirectory } from './embedded/create-directory.ts';
export type { DirectoryDeps } from './embedded/database.ts';
export { directoryEntities } from './embedded/entities.ts';
