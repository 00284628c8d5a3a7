// What was sent to a webhook, newest first.
import { useTranslation } from 'react-i18next';
import type { WebhookDelivery } from '#contracts';
import { useDeliveries } from '../../client/administration.ts';
import { useEventWords } from '../../parts/codes.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill, type Tone } from '../../parts/status/mark.tsx';
import { useSay, useTimes } from '../../reader.tsx';

const TONES = {
  waiting: 'new',
  delivered: 'fine',
  failed: 'attention',
  dropped: 'silent',
} as const satisfies Record<WebhookDelivery['state'], Tone>;

export function Deliveries({ webhook }: { webhook: string }) {
  const { t } = useTranslation();
  const deliveries = useDeliveries(webhook);
  return (
    <Loaded from={deliveries}>
      {({ items }) => (
        <>
          {items.length === 0 && <Empty>{t('webhook.noDeliveries')}</Empty>}
          <ul className="rows wrap">
            {items.map((delivery) => (
              <DeliveryRow key={delivery.id} of={delivery} />
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}

function DeliveryRow({ of: delivery }: { of: WebhookDelivery }) {
  const { t } = useTranslation();
  const say = useSay();
  const eventWords = useEventWords();
  const times = useTimes();
  const words = [
    times.moment(delivery.createdAt),
    t('webhook.attempts', { count: delivery.attempts }),
    delivery.status !== null && t('webhook.status', { status: delivery.status }),
    delivery.nextTryAt && t('webhook.nextTry', { when: times.relative(delivery.nextTryAt) }),
  ];
  return (
    <li>
      <span>
        <strong>{eventWords(delivery.type)}</strong>
        <span className="small block">{words.filter(Boolean).join(' · ')}</span>
        {delivery.reason && <span className="small block">{say.phrase(delivery.reason.text)}</span>}
      </span>
      <Pill tone={TONES[delivery.state]} shape={delivery.state === 'waiting' ? 'clock' : undefined}>
        {t(`webhook.state.${delivery.state}`)}
      </Pill>
    </li>
  );
}
