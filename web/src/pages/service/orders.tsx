// What was sold and waits to be claimed.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Order } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useOrders } from '../../client/staff.ts';
import { Segments } from '../../parts/form/fields.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { More } from '../../parts/status/more.tsx';
import { useTimes } from '../../reader.tsx';

type State = 'open' | 'claimed';

export function OrdersPage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [state, setState] = useState<State>('open');
  const orders = useOrders(state);
  return (
    <>
      <PageHead title={t('order.title')}>
        <div className="actions">
          <Segments
            label={t('table.show')}
            value={state}
            choices={[
              { value: 'open', words: t('order.open') },
              { value: 'claimed', words: t('order.claimed') },
            ]}
            onValue={(value) => setState(value as State)}
          />
          {offers(role, 'importOrders') && (
            <Link className="button quiet" href="/orders/import">
              {t('order.import')}
            </Link>
          )}
        </div>
      </PageHead>
      <Loaded from={orders} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <section className="card">
              <Empty>{t('order.none')}</Empty>
            </section>
          ) : (
            <ul className="card rows">
              {items.map((order) => (
                <OrderRow key={order.id} order={order} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <More of={orders} />
    </>
  );
}

function OrderRow({ order }: { order: Order }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { customer } = order;
  return (
    <li>
      <span>
        <strong>{order.number}</strong>
        <span className="small block">
          {order.model} ·{' '}
          {order.appliance ? (
            <Link href={`/appliances/${order.appliance}/file`}>{order.serial ?? order.appliance}</Link>
          ) : (
            t('order.noSerial')
          )}
        </span>
        <span className="small block">
          {customer
            ? [customer.name, customer.email, customer.address].filter(Boolean).join(' · ')
            : t('order.noCustomer')}
        </span>
      </span>
      <span className="small">
        {order.region}
        {order.wishDate && <span className="block">{t('order.wish', { day: times.date(order.wishDate) })}</span>}
        {order.claimedAt && (
          <span className="block">{t('order.claimedAt', { when: times.date(order.claimedAt) })}</span>
        )}
      </span>
    </li>
  );
}
