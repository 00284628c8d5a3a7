// The version on silent trial beside what live said in the same time.
import { useTranslation } from 'react-i18next';
import { useRuleTrial } from '../../client/backtests.ts';
import { useRule } from '../../client/rules.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { ComparedList, ComparisonCard, causesOf, type SideNames } from './comparison.tsx';

export function RuleTrialPage({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const trial = useRuleTrial(rule);
  const title = useRule(rule).data?.title;
  return (
    <div className="narrow wide">
      <PageHead
        title={t('backtest.trialTitle')}
        lead={trial.data && t('backtest.trialSince', { when: times.moment(trial.data.since) })}
        back={{ to: `/rules/${rule}`, words: title ? say.phrase(title) : rule }}
      />
      <Loaded from={trial} lines={8}>
        {({ version, live, found, findings }) => {
          const names: SideNames = {
            a: live ? t('backtest.live', { version: live.version }) : t('backtest.noneLive'),
            b: t('backtest.trial', { version }),
            onlyA: t('backtest.onlyLive'),
            onlyB: t('backtest.onlyTrial'),
          };
          return (
            <>
              <ComparisonCard title={t('backtest.result')} hint={t('backtest.trialHint')} found={found} names={names} />
              <section className="card">
                <h2>{t('backtest.each')}</h2>
                <ComparedList findings={findings} names={names} causes={causesOf(found.a, found.b)} />
              </section>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
