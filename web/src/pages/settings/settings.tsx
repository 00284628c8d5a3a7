// A person's language, units and time zone; ways to the rest of the account; log out.
import { useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language, Person, TemperatureUnit } from '#contracts';
import { useLogOut, useSavePreferences } from '../../client/actions.ts';
import { keys } from '../../client/keys.ts';
import type { Preferences } from '../../client/shapes.ts';
import { Choice, Segments } from '../../parts/form/fields.tsx';
import { type Offer, offers } from '../../parts/offers.ts';
import { LinkRows, type Way } from '../../parts/shell/link-rows.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { speak } from '../../words/i18n.ts';

export function SettingsPage({ person }: { person: Person }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const save = useSavePreferences();
  // What was pressed shows at once; the page follows when the account has it.
  const [chosen, setChosen] = useState<Preferences>({});
  const shown = { ...person, ...chosen };
  const change = (preferences: Preferences) => {
    setChosen({ ...chosen, ...preferences });
    if (preferences.language) speak(preferences.language);
    save.mutate(preferences, { onSuccess: (saved) => client.setQueryData(keys.me, saved) });
  };
  const zones = [...new Set([person.timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  return (
    <div className="narrow">
      <PageHead title={t('settings.title')} lead={t('settings.messagesToo')} />
      <section className="card form">
        <Segments
          label={t('settings.language')}
          value={shown.language}
          choices={[
            { value: 'en', words: 'English' },
            { value: 'zh', words: '中文' },
          ]}
          onValue={(language) => change({ language: language as Language })}
        />
        <Segments
          label={t('settings.unit')}
          value={shown.temperatureUnit}
          choices={[
            { value: 'C', words: t('settings.celsius') },
            { value: 'F', words: t('settings.fahrenheit') },
          ]}
          onValue={(unit) => change({ temperatureUnit: unit as TemperatureUnit })}
        />
        <Choice
          label={t('settings.timeZone')}
          value={shown.timeZone}
          choices={zones.map((zone) => ({ value: zone, words: zone.replaceAll('_', ' ') }))}
          onValue={(timeZone) => change({ timeZone })}
        />
        <p className="saved" role="status">
          {save.isPending ? t('say.wait') : save.isSuccess ? t('settings.saved') : ''}
        </p>
        <ProblemNote error={save.error} />
      </section>
      <AccountCard person={person} />
      <Administration person={person} />
    </div>
  );
}

function AccountCard({ person }: { person: Person }) {
  const { t } = useTranslation();
  const logOut = useLogOut();
  return (
    <section className="card">
      <h2>{t('settings.account')}</h2>
      <div className="card-head">
        <p>
          <strong>{person.name}</strong>
          <span className="small block">
            {person.email} · {t(`role.${person.role}`)}
          </span>
        </p>
        <button
          type="button"
          className="button quiet small"
          disabled={logOut.isPending}
          onClick={() => logOut.mutate()}
        >
          {t('settings.logOut')}
        </button>
      </div>
      <ProblemNote error={logOut.error} />
      <LinkRows
        ways={[
          { to: '/settings/security', words: t('settings.toSecurity'), lead: t('settings.toSecurityLead') },
          { to: '/settings/keys', words: t('settings.toKeys'), lead: t('settings.toKeysLead') },
          ...(person.role === 'owner' ? [webhooksWay(t)] : []),
          { to: '/settings/privacy', words: t('settings.toPrivacy'), lead: t('settings.toPrivacyLead') },
        ]}
      />
    </section>
  );
}

const webhooksWay = (t: TFunction): Way => ({
  to: '/settings/webhooks',
  words: t('settings.toWebhooks'),
  lead: t('settings.toWebhooksLead'),
});

function Administration({ person }: { person: Person }) {
  const { t } = useTranslation();
  const ways: (Way & { offer: Offer })[] = [
    { offer: 'orders', to: '/orders', words: t('settings.toOrders'), lead: t('settings.toOrdersLead') },
    {
      offer: 'provisioning',
      to: '/settings/provisioning',
      words: t('settings.toProvisioning'),
      lead: t('settings.toProvisioningLead'),
    },
    { offer: 'webhooks', ...webhooksWay(t) },
    { offer: 'audit', to: '/settings/audit', words: t('settings.toAudit'), lead: t('settings.toAuditLead') },
    {
      offer: 'retention',
      to: '/settings/retention',
      words: t('settings.toRetention'),
      lead: t('settings.toRetentionLead'),
    },
    {
      offer: 'rejected',
      to: '/settings/rejected',
      words: t('settings.toRejected'),
      lead: t('settings.toRejectedLead'),
    },
    { offer: 'rules', to: '/rules', words: t('settings.toRules'), lead: t('settings.toRulesLead') },
    { offer: 'ledger', to: '/settings/ledger', words: t('settings.toLedger'), lead: t('settings.toLedgerLead') },
  ];
  const offered = ways.filter(({ offer }) => offers(person.role, offer));
  if (person.role === 'owner' || offered.length === 0) return null;
  return (
    <section className="card">
      <h2>{t('settings.administration')}</h2>
      <LinkRows ways={offered} />
    </section>
  );
}
