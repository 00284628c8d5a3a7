// The frame of the pages before log-in.
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../../parts/shell/language-switch.tsx';

type DoorFrameProps = { title: string; lead?: string; children: React.ReactNode };

export function DoorFrame({ title, lead, children }: DoorFrameProps) {
  const { t } = useTranslation();
  return (
    <div className="door">
      <header className="door-bar">
        <span className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <span>{t('brand')}</span>
        </span>
        <LanguageSwitch />
      </header>
      <main className="door-main">
        <div className="door-words">
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
          <svg className="pulse" viewBox="0 0 400 90" aria-hidden="true">
            <path d="M0 50h92l14-16 16 26 18-50 24 76 16-48 10 12h70l12-12 14 18 10-6h104" />
          </svg>
        </div>
        <div className="stack">{children}</div>
      </main>
    </div>
  );
}
