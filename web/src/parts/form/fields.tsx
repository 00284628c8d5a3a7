// Labelled controls.
import { useId } from 'react';
import { useTranslation } from 'react-i18next';

type FieldProps = {
  label: string;
  hint?: string;
  optional?: boolean;
  children: (control: { id: string; 'aria-describedby': string | undefined }) => React.ReactNode;
};

function Field({ label, hint, optional, children }: FieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const hintId = hint ? `${id}-hint` : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional && <span className="soft"> · {t('say.optional')}</span>}
      </label>
      {children({ id, 'aria-describedby': hintId })}
      {hint && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Omit<React.InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  label: string;
  hint?: string;
  optional?: boolean;
  value: string;
  onValue: (value: string) => void;
};

export function TextField({ label, hint, optional, onValue, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} optional={optional}>
      {(control) => (
        <input
          type="text"
          required={!optional}
          {...input}
          {...control}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

type TextAreaProps = Omit<React.TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange'> & {
  label: string;
  hint?: string;
  optional?: boolean;
  /** A text with lines and columns. */
  code?: boolean;
  value: string;
  onValue: (v: string) => void;
};

export function TextArea({ label, hint, optional, code, onValue, ...area }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} optional={optional}>
      {(control) => (
        <textarea
          rows={4}
          {...(code ? { className: 'code', spellCheck: false } : {})}
          {...area}
          {...control}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

type ChoiceProps = {
  label: string;
  hint?: string;
  optional?: boolean;
  value: string;
  choices: readonly { value: string; words: string }[];
  onValue: (value: string) => void;
};

/** A drop-down; an optional or unanswered one starts with "choose". */
export function Choice({ label, hint, optional, value, choices, onValue }: ChoiceProps) {
  const { t } = useTranslation();
  const empty = optional || !choices.some((choice) => choice.value === value);
  return (
    <Field label={label} hint={hint} optional={optional}>
      {(control) => (
        <select {...control} required={!optional} value={value} onChange={(event) => onValue(event.target.value)}>
          {empty && <option value="">{t('say.choose')}</option>}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A few choices side by side, one of them taken. */
export function Segments({ label, value, choices, onValue }: ChoiceProps) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend>{label}</legend>
      <div>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onValue(choice.value)}
            />
            <span>{choice.words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
