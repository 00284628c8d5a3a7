// Messages that were sent about an alert, and those that were not.
import { useTranslation } from 'react-i18next';
import type { Notification } from '../../client/shapes.ts';
import { useTimes } from '../../reader.tsx';
import { useMessageWords } from '../codes.ts';
import { Empty } from '../status/loaded.tsx';
import { Pill, type Tone } from '../status/mark.tsx';

const TONES = { sent: 'fine', waiting: 'new', 'not-sent': 'attention' } as const satisfies Record<
  Notification['state'],
  Tone
>;

export function Messages({ messages }: { messages: Notification[] }) {
  const { t } = useTranslation();
  const times = useTimes();
  const words = useMessageWords();
  if (messages.length === 0) return <Empty>{t('alert.noMessages')}</Empty>;
  return (
    <ul className="rows wrap">
      {messages.map((message) => (
        <li key={message.id}>
          <div>
            <p>{t('message.line', { channel: words.channel(message), to: message.to })}</p>
            <p className="small">{times.moment(message.at)}</p>
          </div>
          <Pill tone={TONES[message.state]}>{words.state(message)}</Pill>
        </li>
      ))}
    </ul>
  );
}
