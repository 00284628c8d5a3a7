// What is asked of an appliance from afar: what can be, what was, and what came of it.
import { useTranslation } from 'react-i18next';
import { type Appliance, type Command, type ModelCommand, SIGNALS } from '#contracts';
import { useCancelCommand, useCommands, useConfirmCommand, useModelCommands } from '../../client/commands.ts';
import { useStanding } from '../../client/household.ts';
import { usePerson } from '../../client/queries.ts';
import { useSignalWords, useValueWords } from '../../parts/appliance/value.ts';
import { useTestWords } from '../../parts/codes.ts';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill, type Shape, type Tone } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { AskCard } from './ask-command.tsx';
import { useParameterWords } from './command-words.ts';

export function ApplianceCommands({ appliance }: { appliance: Appliance }) {
  const { role } = usePerson();
  const owns = useStanding(appliance.household?.id ?? null) === 'owner';
  const known = useModelCommands(appliance.model.id) ?? [];
  const asks = role === 'owner' ? owns : offers(role, 'sendCommand');
  return (
    <div className={asks ? 'columns even' : 'stack'}>
      {asks && <AskCard appliance={appliance} known={known} owns={owns} />}
      <AskedCard appliance={appliance.id} known={known} owns={owns} />
    </div>
  );
}

type Known = { known: readonly ModelCommand[]; owns: boolean };

function AskedCard({ appliance, ...known }: Known & { appliance: string }) {
  const { t } = useTranslation();
  const commands = useCommands(appliance);
  return (
    <section className="card">
      <h2>{t('command.asked')}</h2>
      <Loaded from={commands} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{t('command.none')}</Empty>
          ) : (
            <ul className="rows">
              {items.map((command) => (
                <CommandRow key={command.id} command={command} {...known} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

const TONES = {
  unconfirmed: 'attention',
  queued: 'new',
  sent: 'new',
  answered: 'fine',
  failed: 'attention',
  expired: 'silent',
  cancelled: 'silent',
} as const satisfies Record<Command['state'], Tone>;
const SHAPES: Partial<Record<Command['state'], Shape>> = { unconfirmed: 'clock', queued: 'clock', sent: 'clock' };

function CommandRow({ command, known, owns }: Known & { command: Command }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const person = usePerson();
  const parameterWords = useParameterWords(known);
  const parameters = parameterWords(command);
  const waits = command.state === 'unconfirmed' || command.state === 'queued';
  return (
    <li className="block">
      <div className="card-head">
        <strong>
          {parameters ? t('command.with', { name: say.phrase(command.name), parameters }) : say.phrase(command.name)}
        </strong>
        <Pill tone={TONES[command.state]} shape={SHAPES[command.state]}>
          {t(`command.state.${command.state}`)}
        </Pill>
      </div>
      <p className="small">
        {t('command.by', { name: command.by.name, when: times.moment(command.askedAt) })}
        {waits && ` · ${t('command.goodUntil', { when: times.moment(command.expiresAt) })}`}
      </p>
      {command.result && <Result result={command.result} />}
      {command.state === 'unconfirmed' && owns && <Confirm command={command.id} />}
      {waits && (owns ? command.state === 'queued' : command.by.id === person.id) && <Cancel command={command.id} />}
    </li>
  );
}

function Result({ result }: { result: NonNullable<Command['result']> }) {
  const { t } = useTranslation();
  const valueWords = useValueWords();
  const signalWords = useSignalWords();
  const testWords = useTestWords();
  const values = Object.entries(result.values);
  return (
    <>
      {result.outcome !== 'done' && <p>{t(`command.${result.outcome}`)}</p>}
      {result.detail && <p className="soft">{t('command.says', { detail: result.detail })}</p>}
      {values.length > 0 && (
        <details className="fold">
          <summary>{t('command.values')}</summary>
          <dl className="facts">
            {values.map(([name, value]) => {
              const { words = null, unit = null } = SIGNALS.get(name) ?? {};
              return (
                <div key={name}>
                  <dt>{testWords(name) ?? signalWords({ signal: name.replaceAll('_', ' '), words })}</dt>
                  <dd>{valueWords({ signal: name, value, unit })}</dd>
                </div>
              );
            })}
          </dl>
        </details>
      )}
    </>
  );
}

function Confirm({ command }: { command: string }) {
  const { t } = useTranslation();
  const confirm = useConfirmCommand(command);
  const cancel = useCancelCommand(command);
  const busy = confirm.isPending || cancel.isPending;
  return (
    <>
      <div className="actions">
        <button type="button" className="button small" disabled={busy} onClick={() => confirm.mutate()}>
          {t('command.confirm')}
        </button>
        <button type="button" className="button quiet small" disabled={busy} onClick={() => cancel.mutate()}>
          {t('command.decline')}
        </button>
      </div>
      <ProblemNote error={confirm.error ?? cancel.error} />
    </>
  );
}

function Cancel({ command }: { command: string }) {
  const { t } = useTranslation();
  const cancel = useCancelCommand(command);
  return (
    <div className="actions">
      <button type="button" className="button quiet small" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('command.cancel')}
      </button>
      <ProblemNote error={cancel.error} />
    </div>
  );
}
