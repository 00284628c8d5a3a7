// What is kept about a person: consents, download, erasure.
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { usePerson } from '../../client/queries.ts';
import { useConsent, useConsents, useErase } from '../../client/rights.ts';
import type { Consent } from '../../client/shapes.ts';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { ExportCard } from './export.tsx';

export function PrivacyPage() {
  const { t } = useTranslation();
  return (
    <div className="narrow">
      <PageHead
        title={t('privacy.title')}
        lead={t('privacy.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      <ConsentsCard />
      <ExportCard />
      <EraseCard />
    </div>
  );
}

function ConsentsCard() {
  const { t } = useTranslation();
  const consents = useConsents();
  const consent = useConsent();
  return (
    <section className="card">
      <h2>{t('privacy.consents')}</h2>
      <p className="soft">{t('privacy.consentsLead')}</p>
      <Loaded from={consents}>
        {({ items }) => (
          <ul className="rows consents">
            {items.map((one) => (
              <li key={one.purpose} className="block">
                <ConsentWords
                  of={one}
                  busy={consent.isPending}
                  onChange={(given) => consent.mutate({ [one.purpose]: given })}
                />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <ProblemNote error={consent.error} />
    </section>
  );
}

type ConsentWordsProps = { of: Consent; busy: boolean; onChange: (given: boolean) => void };

function ConsentWords({ of: one, busy, onChange }: ConsentWordsProps) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const last = one.said[0];
  return (
    <label className="consent">
      <input type="checkbox" checked={one.given} disabled={busy} onChange={(event) => onChange(event.target.checked)} />
      <span>
        <strong>{t(`purpose.${one.purpose}`)}</strong>
        <span className="block">{say.phrase(one.text)}</span>
        {last && (
          <span className="small block">
            {t(last.given ? 'privacy.given' : 'privacy.withdrawn', { when: times.date(last.at) })}
          </span>
        )}
      </span>
    </label>
  );
}

function EraseCard() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [, go] = useLocation();
  const erase = useErase(() => go('/erased', { replace: true }));
  return (
    <section className="card">
      <h2>{t('privacy.erase')}</h2>
      <p>{t('privacy.eraseLead')}</p>
      {role === 'owner' && <p>{t('privacy.eraseHousehold')}</p>}
      <div className="actions">
        <SureButton words={t('privacy.eraseAction')} sure={t('privacy.eraseSure')} action={erase} />
      </div>
    </section>
  );
}
