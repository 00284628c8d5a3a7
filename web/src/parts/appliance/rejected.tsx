// Messages of an appliance that were kept but not accepted, with the reason.
import { useTranslation } from 'react-i18next';
import { useQuarantine } from '../../client/queries.ts';
import { useTimes } from '../../reader.tsx';

export function Rejected({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { data } = useQuarantine(appliance);
  if (!data || data.items.length === 0) return null;
  return (
    <section className="card">
      <h2>{t('appliance.quarantine')}</h2>
      <p className="soft">{t('appliance.quarantineLead')}</p>
      <ul className="rows">
        {data.items.map((message) => (
          <li key={message.id} className="block">
            <p>{message.reason}</p>
            <p className="small">
              {times.moment(message.receivedAt)} · {message.channel}
            </p>
            <details>
              <summary>{t('appliance.payload')}</summary>
              <code>{message.payload}</code>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
