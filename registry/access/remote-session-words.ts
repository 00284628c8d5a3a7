// What a household and who asks are told about a remote session.
import { compose, type Phrase, type RemoteSessionKind, type RemoteSessionReason } from '#contracts';
import type { Words } from '../people/mail-words.ts';
import type { RemoteSessionRecord } from './remote-sessions.ts';

const REASONS: Record<RemoteSessionReason, Phrase> = {
  'customer-call': { en: 'you called us', zh: '您致电了我们' },
  'fault-diagnosis': { en: 'to find out what is wrong', zh: '查明故障原因' },
  'before-visit': { en: 'to prepare a visit', zh: '为上门做准备' },
  'after-repair': { en: 'to check that the repair worked', zh: '确认维修效果' },
};

const KINDS: Record<RemoteSessionKind, Phrase> = {
  'live-view': { en: 'look at what your appliance reports at that moment', zh: '查看您的电器实时上报的数据' },
  'self-test': {
    en: 'start a self-test of your appliance and look at its result',
    zh: '启动您电器的自检并查看结果',
  },
  commands: {
    en: 'send commands to your appliance, such as a self-test or another temperature',
    zh: '向您的电器发送指令，例如自检或调整温度',
  },
};

export const remoteSessionAsked = ({ reason, what, minutes, endsAt }: RemoteSessionRecord): Words => ({
  kind: 'remote-session-asked',
  subject: { en: 'May we look at your appliance from afar?', zh: '可以远程查看您的电器吗？' },
  lines: [
    compose(
      'The service wants to {what}, for at most {minutes}. The reason: {reason}.',
      '客服希望{what}，最长 {minutes}。原因：{reason}。',
      {
        what: KINDS[what],
        minutes: { value: minutes * 60_000, unit: 'duration' },
        reason: REASONS[reason],
      },
    ),
    compose(
      'Please answer yes or no on the page below until {at}. Without your yes nothing happens, and you can end it at any time.',
      '请在 {at} 前在下面的页面上回答“是”或“否”。未经您同意不会进行任何操作，您也可以随时终止。',
      { at: { value: endsAt, unit: 'instant' } },
    ),
  ],
});

export const remoteSessionAnswered = ({ state, endsAt }: RemoteSessionRecord): Words =>
  state === 'running'
    ? {
        kind: 'remote-session-agreed',
        subject: { en: 'The household said yes', zh: '用户已同意' },
        lines: [
          compose('The remote session runs until {at}.', '远程会话有效至 {at}。', {
            at: { value: endsAt, unit: 'instant' },
          }),
        ],
      }
    : {
        kind: 'remote-session-refused',
        subject: { en: 'The household said no', zh: '用户未同意' },
        lines: [{ en: 'There is no remote session.', zh: '远程会话未开启。' }],
      };
