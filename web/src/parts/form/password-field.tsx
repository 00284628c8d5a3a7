// A password to choose, and a password that is known.
import { useTranslation } from 'react-i18next';
import { TextField } from './fields.tsx';

const LEAST_PASSWORD = 10;

type PasswordFieldProps = { label?: string; value: string; onValue: (value: string) => void };

export function NewPasswordField({ label, value, onValue }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <TextField
      label={label ?? t('setUp.password')}
      hint={t('setUp.passwordHint')}
      type="password"
      autoComplete="new-password"
      minLength={LEAST_PASSWORD}
      value={value}
      onValue={onValue}
    />
  );
}

export function PasswordField({ label, value, onValue }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <TextField
      label={label ?? t('logIn.password')}
      type="password"
      autoComplete="current-password"
      value={value}
      onValue={onValue}
    />
  );
}

/** Six digits of an authenticator app, or a recovery code. */
export function CodeField({ label, value, onValue }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <TextField
      label={label ?? t('door.code')}
      hint={label ? undefined : t('door.codeHint')}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      minLength={6}
      maxLength={40}
      value={value}
      onValue={onValue}
    />
  );
}
