// The title of a page, with the way back and what can be done here.
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Icon } from './icons.tsx';

type PageHeadProps = {
  title: string;
  lead?: React.ReactNode;
  /** Where "back" leads; without it there is none. */
  back?: { to: string; words: string };
  children?: React.ReactNode;
};

export function PageHead({ title, lead, back, children }: PageHeadProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('brand')}`;
  }, [title, t]);
  return (
    <div className="page-head">
      {back && (
        <Link className="back" href={back.to}>
          <Icon name="back" />
          {back.words}
        </Link>
      )}
      <div className="page-head-row">
        <div>
          <h1>{title}</h1>
          {lead && <div className="lead">{lead}</div>}
        </div>
        {children && <div className="page-head-end">{children}</div>}
      </div>
    </div>
  );
}
