import type { Command } from 'commander';
import { describeGroup, type Kit } from './kit.ts';
import { describeTokenBulk } from './token-bulk.ts';
import { describeTokenClones } from './token-clone.ts';
import { describeTokenGet } from './token-get.ts';
import { describeTokenIssue } from './token-issue.ts';
import { describeTokenLife } from './token-life.ts';
import { describeTokenList } from './token-list.ts';
import { describeTokenLocate } from './token-locate.ts';
import { describeTokenRightSize } from './token-right-size.ts';
import { describeTokenRotate } from './token-rotate.ts';
import { describeTokenStates } from './token-state.ts';
import { describeTokenTexts } from './token-text.ts';

export const describeToken = (program: Command, kit: Kit): void => {
  const group = describeGroup(program, 'token', kit, 'help.token');
  describeTokenIssue(group, kit);
  describeTokenList(group, kit);
  describeTokenGet(group, kit);
  describeTokenTexts(group, kit);
  describeTokenClones(group, kit);
  describeTokenRotate(group, kit);
  describeTokenLife(group, kit);
  describeTokenRightSize(group, kit);
  describeTokenStates(group, kit);
  describeTokenBulk(group, kit);
  describeTokenLocate(group, kit);
};
