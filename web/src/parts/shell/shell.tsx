// The frame of every page: brand, navigation by role, live dot, language.
import { useTranslation } from 'react-i18next';
import { Link, useRoute } from 'wouter';
import type { Person, Role } from '#contracts';
import { Icon, type PlaceName } from './icons.tsx';
import { LanguageSwitch } from './language-switch.tsx';

type Place = { to: string; icon: PlaceName };

const SERVICE: readonly Place[] = [
  { to: '/', icon: 'overview' },
  { to: '/alerts', icon: 'alerts' },
  { to: '/cases', icon: 'cases' },
  { to: '/appliances', icon: 'appliances' },
];
const SETTINGS: Place = { to: '/settings', icon: 'settings' };

const HOUSEHOLD: Place = { to: '/household', icon: 'household' };
const RULES: Place = { to: '/rules', icon: 'rules' };
const PEOPLE: Place = { to: '/people', icon: 'people' };

const PLACES: Record<Role, readonly Place[]> = {
  owner: [{ to: '/', icon: 'home' }, HOUSEHOLD, SETTINGS],
  technician: [{ to: '/', icon: 'visits' }, SETTINGS],
  dispatcher: [...SERVICE, PEOPLE, SETTINGS],
  'call-agent': [...SERVICE, PEOPLE, SETTINGS],
  'diagnosis-engineer': [...SERVICE, RULES, SETTINGS],
  administrator: [...SERVICE, PEOPLE, SETTINGS],
  auditor: [...SERVICE, PEOPLE, SETTINGS],
  repairer: [{ to: '/', icon: 'appliances' }, SETTINGS],
};

type ShellProps = { person: Person; live: boolean; children: React.ReactNode };

export function Shell({ person, live, children }: ShellProps) {
  const { t } = useTranslation();
  return (
    <>
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <header className="bar">
        <Link className="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>{t('brand')}</span>
        </Link>
        <nav aria-label={t('nav.label')}>
          {PLACES[person.role].map((place) => (
            <NavLink key={place.to} {...place} />
          ))}
        </nav>
        <div className="bar-end">
          <span className={`live ${live ? 'on' : 'off'}`} role="status">
            {t(live ? 'live.on' : 'live.off')}
          </span>
          <LanguageSwitch />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function NavLink({ to, icon }: Place) {
  const { t } = useTranslation();
  const [exact] = useRoute(to);
  const [below] = useRoute(`${to === '/' ? '/-' : to}/*`);
  return (
    <Link href={to} aria-current={exact || below ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{t(`nav.${icon}`)}</span>
    </Link>
  );
}
