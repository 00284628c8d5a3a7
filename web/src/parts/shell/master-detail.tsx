// Staff pages with two columns: the list, and beside it what was chosen. On a phone one at a time.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Icon } from './icons.tsx';

type MasterDetailProps = {
  /** Something of the list is open by its own address. */
  chosen: boolean;
  back: { to: string; words: string };
  list: React.ReactNode;
  children: React.ReactNode;
};

export function MasterDetail({ chosen, back, list, children }: MasterDetailProps) {
  const { t } = useTranslation();
  return (
    <div className={`master-detail ${chosen ? 'chosen' : ''}`}>
      <div className="master">{list}</div>
      <section className="detail" aria-label={t('say.details')}>
        <Link className="back" href={back.to}>
          <Icon name="back" />
          {back.words}
        </Link>
        {children}
      </section>
    </div>
  );
}
