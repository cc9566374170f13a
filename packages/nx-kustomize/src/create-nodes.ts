import { join } from 'node:path';
import type { CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import { ownCodeInputs } from './graph/own-code.ts';
import { inferProjects } from './graph/projects.ts';
import { configFileGlob, readWorkspaceKustomizations } from './graph/workspace-kustomizations.ts';
import { normalizeOptions, type PluginOptions } from './options.ts';

const packageFolder = join(import.meta.dirname, '..');

/** Each kustomization is a project. Reads files, and starts nothing. */
export const createNodes: CreateNodes<PluginOptions> = [
  configFileGlob,
  async (files, options, { workspaceRoot }) => {
    const { invalid, ...workspace } = readWorkspaceKustomizations(workspaceRoot, files);
    const results: CreateNodesResultArray = inferProjects(
      workspace,
      normalizeOptions(options),
      ownCodeInputs(workspaceRoot, packageFolder),
    ).map(({ file, project }) => [file, { projects: { [project.root]: project } }]);
    if (invalid.length === 0) return results;
    // Loading all of @nx/devkit takes longer than the whole graph: only where something is to be told.
    const { AggregateCreateNodesError } = await import('@nx/devkit');
    throw new AggregateCreateNodesError(
      invalid.map(({ file, message }) => [file, new Error(message)]),
      results,
    );
  },
];
