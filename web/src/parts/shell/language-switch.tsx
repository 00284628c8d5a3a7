// One button to the other language. A logged-in person's choice is saved with the account.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Person } from '#contracts';
import { useSavePreferences } from '../../client/actions.ts';
import { keys } from '../../client/keys.ts';
import { useReader } from '../../reader.tsx';
import { speak } from '../../words/i18n.ts';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const reader = useReader();
  const client = useQueryClient();
  const save = useSavePreferences();
  const other = reader.language === 'zh' ? 'en' : 'zh';

  const change = () => {
    speak(other);
    const person = client.getQueryData<Person | null>(keys.me);
    if (!person) return;
    client.setQueryData(keys.me, { ...person, language: other });
    save.mutate({ language: other });
  };

  return (
    <button type="button" className="language" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={change}>
      <span className="unseen">{t('logIn.language')} </span>
      {other === 'zh' ? '中文' : 'English'}
    </button>
  );
}
