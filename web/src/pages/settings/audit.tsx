// Who did what, newest first, and whether the chain of entries is whole.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAudit, useVerifyAudit } from '../../client/administration.ts';
import type { AuditEntry } from '../../client/shapes.ts';
import { usePeople } from '../../client/staff.ts';
import { TextField } from '../../parts/form/fields.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { More } from '../../parts/status/more.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { useTimes } from '../../reader.tsx';

export function AuditPage() {
  const { t } = useTranslation();
  const [object, setObject] = useState('');
  const audit = useAudit(object.trim() || undefined);
  return (
    <div className="narrow wide">
      <PageHead
        title={t('audit.title')}
        lead={t('audit.lead')}
        back={{ to: '/settings', words: t('settings.title') }}
      />
      <Chain />
      <div className="search">
        <TextField label={t('audit.object')} type="search" required={false} value={object} onValue={setObject} />
      </div>
      <Loaded from={audit} lines={8}>
        {({ items }) => (
          <section className="card">
            {items.length === 0 && <Empty>{t('audit.none')}</Empty>}
            <ul className="rows">
              {items.map((entry) => (
                <EntryRow key={entry.position} entry={entry} onObject={setObject} />
              ))}
            </ul>
            <More of={audit} />
          </section>
        )}
      </Loaded>
    </div>
  );
}

function Chain() {
  const { t } = useTranslation();
  const verify = useVerifyAudit();
  return (
    <div className="actions">
      <button type="button" className="button quiet" disabled={verify.isPending} onClick={() => verify.mutate()}>
        {t('audit.verify')}
      </button>
      {verify.data && (
        <span role="status">
          <Pill tone={verify.data.brokenAt === null ? 'fine' : 'danger'}>
            {verify.data.brokenAt === null
              ? t('audit.whole', { count: verify.data.entries })
              : t('audit.broken', { at: verify.data.brokenAt })}
          </Pill>
        </span>
      )}
      <ProblemNote error={verify.error} />
    </div>
  );
}

function EntryRow({ entry, onObject }: { entry: AuditEntry; onObject: (id: string) => void }) {
  const { t } = useTranslation();
  const times = useTimes();
  const actor = useActorWords()(entry.actor);
  return (
    <li className="block">
      <div className="card-head">
        <strong>{entry.action}</strong>
        <span className="small">{times.moment(entry.at)}</span>
      </div>
      <p className="small">
        {t('audit.by')} {actor} · {entry.kind}{' '}
        <button type="button" className="link" onClick={() => onObject(entry.object)}>
          {entry.object}
        </button>
      </p>
      <details>
        <summary>{t('audit.position', { position: entry.position })}</summary>
        <code>{JSON.stringify({ detail: entry.detail, hash: entry.hash, previous: entry.previous }, null, 2)}</code>
      </details>
    </li>
  );
}

/** Colleagues by name; everybody else stays an id. */
function useActorWords(): (actor: string) => string {
  const { t } = useTranslation();
  const people = usePeople().data?.items ?? [];
  return (actor) => {
    if (actor === 'platform') return t('audit.platform');
    const name = people.find(({ id }) => actor === `person:${id}`)?.name;
    return name ?? actor;
  };
}
