// What can be asked of an appliance: one row for each command of its model, opened when somebody wants it.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Appliance, type CommandParameter, type ModelCommand, mayBeSentWithin } from '#contracts';
import { useSendCommand } from '../../client/commands.ts';
import { useRemoteSessions } from '../../client/file.ts';
import { usePerson } from '../../client/queries.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay } from '../../reader.tsx';
import { stepsOf, useParameterValue } from './command-words.ts';

type AskProps = { appliance: Appliance; known: readonly ModelCommand[]; owns: boolean };

export function AskCard({ appliance, known, owns }: AskProps) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const mayAsk = useLeave(appliance.id);
  const asked = known.filter(({ kind }) => mayAsk(kind));
  const needsLeave = role !== 'owner' && role !== 'technician' && asked.length < known.length;
  return (
    <section className="card">
      <h2>{t('command.canAsk')}</h2>
      <p className="soft">
        {t('command.lead')}
        {!appliance.connected && ` ${t('command.away')}`}
      </p>
      <ul className="rows wrap">
        {asked.map((command) => (
          <AskRow key={command.kind} appliance={appliance.id} command={command} owns={owns} />
        ))}
      </ul>
      {needsLeave && (
        <p>
          {t('command.needsYes')} <Link href={`/appliances/${appliance.id}/access`}>{t('command.toAccess')}</Link>
        </p>
      )}
    </section>
  );
}

/** What the household lets this person ask. The API judges; this only keeps away what it would refuse. */
function useLeave(appliance: string): (kind: string) => boolean {
  const person = usePerson();
  const sessions = useRemoteSessions(appliance);
  if (person.role === 'owner' || person.role === 'technician') return () => true;
  const mine = sessions.data?.items.filter(({ state, by }) => state === 'running' && by.id === person.id) ?? [];
  return (kind) => mine.some(({ what }) => mayBeSentWithin(what, kind));
}

type RowProps = { appliance: string; command: ModelCommand; owns: boolean };

function AskRow({ appliance, command, owns }: RowProps) {
  const { t } = useTranslation();
  const say = useSay();
  const [open, setOpen] = useState(false);
  const send = useSendCommand(appliance, { confirms: owns });
  const takesValues = Object.keys(command.parameters).length > 0;
  const name = say.phrase(command.name);
  const ask = { ...send, mutate: () => send.mutate({ kind: command.kind }) };
  return (
    <li className={open ? 'block' : undefined}>
      <span>
        <strong>{name}</strong>
        <span className="small block">{say.phrase(command.about)}</span>
        {command.hazardous && !owns && <span className="small block">{t('command.ownerFirst')}</span>}
        {!takesValues && !command.hazardous && <ProblemNote error={send.error} />}
      </span>
      {open && <ParametersForm command={command} send={send} onSent={() => setOpen(false)} />}
      {command.hazardous && (
        <SureButton
          words={t('command.ask')}
          of={name}
          sure={t(owns ? 'command.sure' : 'command.sureFirst')}
          action={ask}
          key={send.data?.id}
        />
      )}
      {!command.hazardous && !open && (
        <button
          type="button"
          className="button quiet small"
          aria-label={`${t('command.ask')}: ${name}`}
          disabled={send.isPending}
          onClick={() => (takesValues ? setOpen(true) : ask.mutate())}
        >
          {t('command.ask')}
        </button>
      )}
    </li>
  );
}

type FormProps = { command: ModelCommand; send: ReturnType<typeof useSendCommand>; onSent: () => void };

function ParametersForm({ command, send, onSent }: FormProps) {
  const { t } = useTranslation();
  const say = useSay();
  const parameters = Object.entries(command.parameters);
  const { entry, set } = useEntry<Record<string, string>>({});
  const given = (): Record<string, number | string> =>
    Object.fromEntries(
      parameters.map(([name, { type }]) => [name, type === 'number' ? Number(entry[name]) : (entry[name] ?? '')]),
    );
  const submit = () => send.mutate({ kind: command.kind, parameters: given() }, { onSuccess: onSent });
  return (
    <Form action={t('command.ask')} busy={send.isPending} error={send.error} onSubmit={submit}>
      {parameters.map(([name, parameter]) => (
        <ParameterField
          key={name}
          label={say.phrase(parameter.name)}
          parameter={parameter}
          value={entry[name] ?? ''}
          onValue={(value) => set({ [name]: value })}
        />
      ))}
    </Form>
  );
}

type ParameterProps = {
  label: string;
  parameter: CommandParameter;
  value: string;
  onValue: (value: string) => void;
};

function ParameterField({ label, parameter, value, onValue }: ParameterProps) {
  const valueWords = useParameterValue();
  const values = parameter.type === 'number' ? stepsOf(parameter) : parameter.choices.map((choice) => choice.value);
  const choices = values.map((one) => ({ value: String(one), words: valueWords(parameter, one) }));
  return <Choice label={label} value={value} choices={choices} onValue={onValue} />;
}
