import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { valuesIn } from '@gatefleet/certificate-commands';
import { ConfigError } from '../config/errors.ts';
import type { Component } from './plan-acl.ts';

const EXTENSION = '.hcl';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The names of the components: one policy file each. @throws ConfigError */
export async function componentNames(policiesFolder: string): Promise<readonly string[]> {
  const files = await readMounted(readdir(policiesFolder), policiesFolder, 'the ConfigMap consul-policies');
  const names = files.filter((file) => file.endsWith(EXTENSION)).map((file) => basename(file, EXTENSION));
  if (names.length === 0) throw new ConfigError(`reading ${policiesFolder}: there is no policy in it`);
  return names.toSorted();
}

/** @param tokensFolder - with a file for each component, named for it. @throws ConfigError */
export async function readComponents(policiesFolder: string, tokensFolder: string): Promise<readonly Component[]> {
  const names = await componentNames(policiesFolder);
  return Promise.all(
    names.map(async (name) => {
      const secrets = await readTokens(join(tokensFolder, name), `the Secret consul-token-${name}`);
      return { name, rules: await readFile(join(policiesFolder, name + EXTENSION), 'utf8'), secrets };
    }),
  );
}

/** One token a line, the one that is used first. @param from - what the file is mounted from. @throws ConfigError */
export async function readTokens(file: string, from: string): Promise<readonly string[]> {
  const tokens = valuesIn(await readMounted(readFile(file, 'utf8'), file, from));
  // Consul would make up a token where it is given none, and take any text for one that somebody can guess.
  if (tokens.length === 0 || !tokens.every((token) => uuid.test(token))) {
    throw new ConfigError(`reading ${file}: it is not one UUID a line`);
  }
  return tokens;
}

async function readMounted<T>(reading: Promise<T>, path: string, from: string): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new ConfigError(`reading ${path}`, { hint: `it is mounted from ${from}`, cause });
  }
}
