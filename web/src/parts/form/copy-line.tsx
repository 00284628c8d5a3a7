// A line to copy: an id, a secret, a command.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export function CopyLine({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="copy-line">
      <div className="copy-line-head">
        <span className="label">{label}</span>
        {/* Without a secure context (plain HTTP from another machine) browsers offer no clipboard. */}
        {'clipboard' in navigator && (
          <button
            type="button"
            className="button quiet small"
            aria-label={`${t('say.copy')}: ${label}`}
            onClick={() => void copy()}
          >
            <span aria-live="polite">{t(copied ? 'say.copied' : 'say.copy')}</span>
          </button>
        )}
      </div>
      <code>{text}</code>
    </div>
  );
}
