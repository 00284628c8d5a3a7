// What is known of this very machine and of where it stands.
import { useTranslation } from 'react-i18next';
import type { Environment, Passport } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';

export function FactsCard({ passport }: { passport: Passport }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const place = passport.site && [passport.site.address, passport.site.region].filter(Boolean).join(' · ');
  const facts: [string, string | null | undefined][] = [
    [t('appliance.model'), `${passport.model.brand} ${say.phrase(passport.model.name)}`],
    [t('appliance.serial'), passport.serial],
    [t('file.batch'), passport.batch],
    [t('file.firmware'), passport.firmware],
    [t('file.purchased'), passport.purchasedOn && times.date(passport.purchasedOn)],
    [t('file.installed'), passport.installedOn && times.date(passport.installedOn)],
    [t('file.owned'), passport.ownedSince && times.date(passport.ownedSince)],
    [t('file.place'), place],
    [t('file.environment'), useEnvironmentWords(passport.environment)],
  ];
  return (
    <section className="card">
      <h2>{t('file.facts')}</h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        <div>
          <dt>{t('appliance.id')}</dt>
          <dd>
            <code>{passport.appliance}</code>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function useEnvironmentWords({ ambientClass, placement, waterConnection, floor, lift }: Environment): string {
  const { t } = useTranslation();
  return [
    ambientClass && t('file.ambient', { class: ambientClass }),
    placement && t(`file.${placement}`),
    waterConnection && t('file.water'),
    floor !== undefined && t('file.floor', { floor }),
    lift !== undefined && t(lift ? 'file.lift' : 'file.noLift'),
  ]
    .filter(Boolean)
    .join(' · ');
}
