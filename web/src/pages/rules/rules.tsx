// The rules of diagnosis: which version is live, which is tried, what waits.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { RuleSummary } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useRules } from '../../client/rules.ts';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { useSay } from '../../reader.tsx';

export function RulesPage() {
  const { t } = useTranslation();
  const rules = useRules();
  const { role } = usePerson();
  return (
    <div className="narrow wide">
      <PageHead title={t('rules.title')} lead={t('rules.lead')}>
        {offers(role, 'editRules') && (
          <Link className="button" href="/rules/new">
            {t('rules.new')}
          </Link>
        )}
      </PageHead>
      <p>
        <Link href="/cohorts">{t('cohorts.title')}</Link>
      </p>
      <Loaded from={rules} lines={6}>
        {({ items }) => (
          <section className="card">
            {items.length === 0 && <Empty>{t('rules.none')}</Empty>}
            <ul className="rows">
              {items.map((rule) => (
                <RuleRow key={rule.rule} rule={rule} />
              ))}
            </ul>
          </section>
        )}
      </Loaded>
    </div>
  );
}

function RuleRow({ rule: { rule, title, live, trial, drafts, updateAvailable } }: { rule: RuleSummary }) {
  const { t } = useTranslation();
  const say = useSay();
  const more = [
    trial && t('rules.trialOf', { version: trial.version }),
    updateAvailable !== null && t('rules.updateAvailable', { version: updateAvailable }),
    drafts > 0 && t('rules.drafts', { count: drafts }),
    live?.reviewedBy === null && t('rules.notReviewed'),
  ];
  return (
    <li>
      <Link className="row-link" href={`/rules/${rule}`}>
        <span>
          <strong>{say.phrase(title)}</strong>
          <span className="small block">{[rule, ...more.filter((part) => part)].join(' · ')}</span>
        </span>
        <Pill tone={live ? 'fine' : 'silent'}>
          {live ? t('rules.version', { version: live.version }) : t('rules.notLive')}
        </Pill>
      </Link>
    </li>
  );
}
