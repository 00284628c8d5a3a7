// Messages of all appliances that were not accepted, why, and trying them again.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { NewReplay, RejectedMessage, Replay } from '#contracts';
import { useRejected, useReplay, useReplays } from '../../client/upkeep.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { More } from '../../parts/status/more.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';

const SHORTEST_REASON = 3;
const MAY_BE_TRIED: readonly RejectedMessage['state'][] = ['kept', 'refused'];

export function RejectedPage() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const reason = text.trim().length >= SHORTEST_REASON ? text.trim() : undefined;
  const rejected = useRejected({ reason });
  return (
    <div className="narrow wide">
      <PageHead
        title={t('rejected.title')}
        lead={t('rejected.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      <div className="search">
        <TextField label={t('rejected.reason')} type="search" required={false} value={text} onValue={setText} />
      </div>
      {reason !== undefined && <TryAgain wish={{ reason }} words={t('rejected.replayThese')} />}
      <Replays />
      <Loaded from={rejected} lines={8}>
        {({ items }) => (
          <section className="card">
            {items.length === 0 && <Empty>{t('rejected.none')}</Empty>}
            <ul className="rows">
              {items.map((message) => (
                <MessageRow key={message.id} message={message} />
              ))}
            </ul>
            <More of={rejected} />
          </section>
        )}
      </Loaded>
    </div>
  );
}

function MessageRow({ message }: { message: RejectedMessage }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { id, appliance, state, reason, receivedAt, model } = message;
  return (
    <li className="block">
      <div className="card-head">
        <span className="small">{times.moment(receivedAt)}</span>
        <Pill tone={state === 'accepted' ? 'fine' : state === 'refused' ? 'attention' : 'new'}>
          {t(`rejected.state.${state}`)}
        </Pill>
      </div>
      <p>{reason}</p>
      <div className="card-head">
        <span className="small">
          <Link href={`/appliances/${appliance}`}>{appliance}</Link>
          {model === null ? '' : ` · ${model}`}
        </span>
        {MAY_BE_TRIED.includes(state) && <TryAgain wish={{ ids: [id] }} words={t('rejected.replay')} />}
      </div>
    </li>
  );
}

/** Only whoever may is shown this page. */
function TryAgain({ wish, words }: { wish: NewReplay; words: string }) {
  const replay = useReplay();
  return (
    <span className="actions">
      <button
        type="button"
        className="button quiet small"
        disabled={replay.isPending}
        onClick={() => replay.mutate(wish)}
      >
        {words}
      </button>
      <ProblemNote error={replay.error} />
    </span>
  );
}

const COUNTS = ['waiting', 'replayed', 'accepted', 'refused', 'unreadable', 'gone'] as const;

function Replays() {
  const { t } = useTranslation();
  const { data } = useReplays();
  if (!data || data.items.length === 0) return null;
  return (
    <section className="card">
      <h2>{t('rejected.replays')}</h2>
      <ul className="rows">
        {data.items.slice(0, 5).map((replay) => (
          <ReplayRow key={replay.id} replay={replay} />
        ))}
      </ul>
    </section>
  );
}

function ReplayRow({ replay }: { replay: Replay }) {
  const { t } = useTranslation();
  const times = useTimes();
  const { total } = replay;
  const done = total - replay.waiting - replay.replayed;
  return (
    <li className="block">
      <div className="card-head">
        <span>{t('rejected.messages', { count: total })}</span>
        <span className="small">{times.moment(replay.askedAt)}</span>
      </div>
      <progress max={Math.max(1, total)} value={done} aria-label={t('rejected.progress', { done, total })} />
      <p className="small" role="status">
        {COUNTS.filter((count) => replay[count] > 0)
          .map((count) => t(`rejected.count.${count}`, { count: replay[count] }))
          .join(' · ')}
      </p>
    </li>
  );
}
