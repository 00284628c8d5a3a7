// What a household is told about a command that needs its yes.
import { compose, type ModelCommand } from '#contracts';
import type { Words } from '../people/mail-words.ts';
import type { CommandRecord } from './command-record.ts';

export const confirmationAsked = ({ expiresAt }: CommandRecord, { name, about }: ModelCommand): Words => ({
  kind: 'command-unconfirmed',
  subject: compose('May we do this with your appliance: {name}?', '是否同意对您的电器执行“{name}”？', { name }),
  lines: [
    about,
    compose(
      'Please answer on the page below until {at}. Without an owner’s yes nothing happens.',
      '请在 {at} 前在下面的页面上答复。未经户主同意不会执行。',
      { at: { value: expiresAt, unit: 'instant' } },
    ),
  ],
});
