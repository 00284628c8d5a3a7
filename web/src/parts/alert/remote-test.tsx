// A test that the appliance can do by itself, when its result would tell the causes apart. It is sent with an owner's yes only.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Alert, Appliance, Command, ModelCommand, RemoteTest } from '#contracts';
import { useCommands, useModelCommands, useSendCommand } from '../../client/commands.ts';
import { useStanding } from '../../client/household.ts';
import { useAppliance, usePerson } from '../../client/queries.ts';
import { useSay } from '../../reader.tsx';
import { useTestWords } from '../codes.ts';
import { SureButton } from '../form/sure-button.tsx';
import { offers } from '../offers.ts';

export function RemoteTestBox({ alert }: { alert: Alert }) {
  const appliance = useAppliance(alert.appliance).data;
  if (!alert.test || alert.closedAt || !appliance) return null;
  return <KnownTest alert={alert} test={alert.test} appliance={appliance} />;
}

type KnownTestProps = { alert: Alert; test: RemoteTest; appliance: Appliance };

function KnownTest({ alert, test, appliance }: KnownTestProps) {
  const { t } = useTranslation();
  const say = useSay();
  const command = useModelCommands(appliance.model.id)?.find(({ kind }) => kind === test.command);
  const asked = useCommands(appliance.id).data?.items.find(
    ({ kind, askedAt }) => kind === test.command && askedAt >= alert.openedAt,
  );
  if (!command) return null;
  return (
    <section className="question" aria-label={t('test.title')}>
      <p className="label">{t('test.title')}</p>
      <p className="question-text">{say.phrase(test.text)}</p>
      {asked && <TestState command={asked} />}
      {!(asked && WAITING.includes(asked.state)) && <Start appliance={appliance} command={command} again={!!asked} />}
    </section>
  );
}

const WAITING: readonly Command['state'][] = ['unconfirmed', 'queued', 'sent'];

type StartProps = { appliance: Appliance; command: ModelCommand; again: boolean };

function Start({ appliance, command, again }: StartProps) {
  const { t } = useTranslation();
  const say = useSay();
  const { role } = usePerson();
  const owns = useStanding(appliance.household?.id ?? null) === 'owner';
  const send = useSendCommand(appliance.id, { confirms: owns });
  if (owns || role === 'technician') {
    return (
      <SureButton
        key={send.data?.id}
        words={t(again ? 'test.again' : 'test.run')}
        sure={t('test.sure', { about: say.phrase(command.about) })}
        action={{ ...send, mutate: () => send.mutate({ kind: command.kind }) }}
      />
    );
  }
  if (!offers(role, 'sendCommand')) return role === 'owner' ? <p className="small">{t('test.byOwner')}</p> : null;
  return (
    <p className="small">
      {t('test.askHousehold')} <Link href={`/appliances/${appliance.id}/commands`}>{t('test.toCommands')}</Link>
    </p>
  );
}

function TestState({ command }: { command: Command }) {
  const { t } = useTranslation();
  const testWords = useTestWords();
  const parts = Object.entries(command.result?.values ?? {}).filter(([, value]) => typeof value === 'boolean');
  return (
    <div role="status">
      <p className="small">{t('test.running', { state: t(`command.state.${command.state}`) })}</p>
      {parts.length > 0 && (
        <dl className="facts">
          {parts.map(([name, works]) => (
            <div key={name}>
              <dt>{testWords(name) ?? name}</dt>
              <dd>{t(works ? 'test.works' : 'test.fails')}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
