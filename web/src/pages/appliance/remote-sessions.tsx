// Looks from afar: the service asks, the household answers, either side ends it.
import { useTranslation } from 'react-i18next';
import type { RemoteSessionKind, RemoteSessionReason } from '#contracts';
import {
  useAnswerRemoteSession,
  useAskRemoteSession,
  useEndRemoteSession,
  useRemoteSessions,
} from '../../client/file.ts';
import { usePerson } from '../../client/queries.ts';
import type { RemoteSession } from '../../client/shapes.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { Choice } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill, type Tone } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';

const TONES = {
  asked: 'attention',
  running: 'new',
  refused: 'silent',
  ended: 'silent',
} as const satisfies Record<RemoteSession['state'], Tone>;
const REASONS: readonly RemoteSessionReason[] = ['customer-call', 'fault-diagnosis', 'before-visit', 'after-repair'];
const KINDS: readonly RemoteSessionKind[] = ['live-view', 'self-test', 'commands'];
const MINUTES = [10, 20, 30, 60] as const;

export function RemoteSessionsCard({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const sessions = useRemoteSessions(appliance);
  return (
    <section className="card">
      <h2>{t('access.remote')}</h2>
      {role === 'owner' && <p className="soft">{t('access.remoteLead')}</p>}
      <Loaded from={sessions} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>{t('access.remoteNone')}</Empty>
          ) : (
            <ul className="rows">
              {items.map((session) => (
                <SessionRow key={session.id} session={session} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

/** Where a message about a session leads to: what is open now, for the household and for who asked. */
export function OpenSessions({ appliance }: { appliance: string }) {
  const person = usePerson();
  const sessions = useRemoteSessions(appliance);
  const open = sessions.data?.items.filter(
    ({ state, by }) => (state === 'asked' || state === 'running') && (person.role === 'owner' || by.id === person.id),
  );
  if (!open || open.length === 0) return null;
  return (
    <section className="card">
      <ul className="rows">
        {open.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </section>
  );
}

function SessionRow({ session }: { session: RemoteSession }) {
  const { t } = useTranslation();
  const times = useTimes();
  const person = usePerson();
  const asHousehold = person.role === 'owner';
  const reasons = asHousehold ? 'access.reason' : 'access.reasonStaff';
  const words = {
    what: t(`access.what.${session.what}`),
    minutes: session.minutes,
    reason: t(`${reasons}.${session.reason}`),
  };
  const open = session.state === 'asked' || session.state === 'running';
  return (
    <li className="block">
      <div className="card-head">
        <strong>{t(`access.title.${session.state}`, session.by)}</strong>
        <Pill tone={TONES[session.state]} shape={session.state === 'running' ? 'clock' : undefined}>
          {t(`access.state.${session.state}`)}
        </Pill>
      </div>
      <p className="soft">{t('access.asksFor', words)}</p>
      <p className="small">
        {times.moment(session.askedAt)}
        {open && ` · ${t('access.runningUntil', { when: times.moment(session.endsAt) })}`}
        {session.looks > 0 && ` · ${t('access.looks', { count: session.looks })}`}
      </p>
      {session.state === 'asked' && asHousehold && <Answer session={session.id} />}
      {(session.state === 'running' || (session.state === 'asked' && !asHousehold)) &&
        (asHousehold || session.by.id === person.id) && (
          <End session={session.id} words={t(session.state === 'running' ? 'access.stop' : 'access.cancel')} />
        )}
    </li>
  );
}

function Answer({ session }: { session: string }) {
  const { t } = useTranslation();
  const answer = useAnswerRemoteSession(session);
  return (
    <>
      <div className="actions">
        <button type="button" className="button small" disabled={answer.isPending} onClick={() => answer.mutate('yes')}>
          {t('access.yes')}
        </button>
        <button
          type="button"
          className="button quiet small"
          disabled={answer.isPending}
          onClick={() => answer.mutate('no')}
        >
          {t('access.no')}
        </button>
      </div>
      <ProblemNote error={answer.error} />
    </>
  );
}

function End({ session, words }: { session: string; words: string }) {
  const end = useEndRemoteSession(session);
  return (
    <div className="actions">
      <button type="button" className="button quiet small" disabled={end.isPending} onClick={() => end.mutate()}>
        {words}
      </button>
      <ProblemNote error={end.error} />
    </div>
  );
}

export function AskRemoteSession({ appliance }: { appliance: string }) {
  const { t } = useTranslation();
  const ask = useAskRemoteSession(appliance);
  const sessions = useRemoteSessions(appliance);
  const { entry, set } = useEntry({
    what: 'live-view' as RemoteSessionKind,
    reason: 'customer-call' as RemoteSessionReason,
    minutes: '20',
  });
  const open = sessions.data?.items.some(({ state }) => state === 'asked' || state === 'running');
  const send = () => ask.mutate({ reason: entry.reason, minutes: Number(entry.minutes), what: entry.what });
  // One at a time; it stands in the list with its answer.
  if (open) return null;
  return (
    <section className="card">
      <h2>{t('access.ask')}</h2>
      <p className="soft">{t('access.askLead')}</p>
      <Form action={t('access.askAction')} busy={ask.isPending} error={ask.error} onSubmit={send}>
        <Choice
          label={t('access.whatLabel')}
          value={entry.what}
          choices={KINDS.map((value) => ({ value, words: t(`access.what.${value}`) }))}
          onValue={(what) => set({ what: what as RemoteSessionKind })}
        />
        <Choice
          label={t('access.reasonLabel')}
          value={entry.reason}
          choices={REASONS.map((value) => ({ value, words: t(`access.reasonStaff.${value}`) }))}
          onValue={(reason) => set({ reason: reason as RemoteSessionReason })}
        />
        <Choice
          label={t('access.minutesLabel')}
          value={entry.minutes}
          choices={MINUTES.map((value) => ({ value: `${value}`, words: `${value}` }))}
          onValue={(minutes) => set({ minutes })}
        />
      </Form>
    </section>
  );
}
