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
        </div>
        <div className="stack">{children}</div>
      </main>
    </div>
  );
}
