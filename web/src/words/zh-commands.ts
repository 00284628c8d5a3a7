// 远程指令用语。
import type { commandsEn } from './en-commands.ts';
import type { Same } from './same.ts';

export const commandsZh: Same<typeof commandsEn> = {
  command: {
    tab: '指令',
    canAsk: '可以下达的指令',
    lead: '家电联网后会立即收到指令；未能及时执行的指令自动作废。',
    away: '目前未联网。',
    needsYes: '此操作需要用户同意。',
    toAccess: '征求用户同意',
    ask: '下达',
    asked: '指令记录',
    none: '还没有下达过指令。',
    sure: '家电联网后会立即执行。',
    sureFirst: '户主同意后才会发送。',
    ownerFirst: '会先征求户主同意。',
    with: '{{name}}：{{parameters}}',
    by: '{{name}}下达，{{when}}',
    goodUntil: '有效至 {{when}}',
    confirm: '同意执行',
    decline: '不同意',
    cancel: '撤回',
    state: {
      unconfirmed: '等待户主同意',
      queued: '等待家电接收',
      sent: '已发送',
      answered: '已完成',
      failed: '未执行',
      expired: '已过期',
      cancelled: '已撤回',
    },
    refused: '家电拒绝执行。',
    failed: '家电未能执行。',
    says: '家电反馈：{{detail}}',
    values: '检测结果',
  },
};
