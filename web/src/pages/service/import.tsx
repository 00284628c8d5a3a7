// Import from a CSV file: check first, see what is wrong line by line, then write.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { ImportResult } from '#contracts';
import { type Importable, type ImportWish, useImport } from '../../client/staff.ts';
import { Checks } from '../../parts/form/checks.tsx';
import { TextArea } from '../../parts/form/fields.tsx';
import { FileField } from '../../parts/form/file-field.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';
import { ImportAnswer } from './import-answer.tsx';
import { labelsOf } from './labels.tsx';

type Columns = { needed: readonly string[]; more: readonly string[] };

const COLUMNS: Record<Importable, Columns> = {
  units: { needed: ['model', 'serial'], more: ['id', 'batch', 'firmware', 'secret', 'fingerprint', 'claim_secret'] },
  orders: {
    needed: ['number', 'model'],
    more: [
      'serial',
      'email',
      'name',
      'address',
      'region',
      'wish_date',
      'ambient_class',
      'placement',
      'water_connection',
      'floor',
      'lift',
    ],
  },
  people: { needed: ['name', 'email', 'role'], more: ['language', 'time_zone', 'organisation', 'region', 'skills'] },
};
const BACK = {
  units: { to: '/appliances', words: 'appliance.title' },
  orders: { to: '/orders', words: 'order.title' },
  people: { to: '/people', words: 'people.title' },
} as const;

export function ImportPage({ what }: { what: Importable }) {
  const { t } = useTranslation();
  const { to, words } = BACK[what];
  const [csv, setCsv] = useState('');
  const send = useImport(what);
  return (
    <div className="narrow">
      <PageHead title={t(`import.${what}`)} lead={t(`import.${what}Lead`)} back={{ to, words: t(words) }} />
      <section className="card form">
        <ColumnsHint of={COLUMNS[what]} />
        <FileField label={t('import.file')} onText={setCsv} />
        <TextArea label={t('import.text')} value={csv} onValue={setCsv} />
        <Buttons csv={csv} send={send} />
        <ProblemNote error={send.error} />
      </section>
      {send.data && <Answer result={send.data} what={what} />}
    </div>
  );
}

const SKIP = 'skip';

function Buttons({ csv, send }: { csv: string; send: ReturnType<typeof useImport> }) {
  const { t } = useTranslation();
  const [skip, setSkip] = useState(false);
  const go = (wish: Omit<ImportWish, 'csv'>) => send.mutate({ csv, ...wish });
  return (
    <>
      <Checks
        label={t('import.whenWrong')}
        chosen={skip ? [SKIP] : []}
        choices={[{ value: SKIP, words: t('import.skip') }]}
        onChosen={(chosen) => setSkip(chosen.includes(SKIP))}
      />
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={csv === '' || send.isPending}
          onClick={() => go({ check: false, skip })}
        >
          {send.isPending ? t('say.wait') : t('import.write')}
        </button>
        <button
          type="button"
          className="button quiet"
          disabled={csv === '' || send.isPending}
          onClick={() => go({ check: true, skip })}
        >
          {t('import.check')}
        </button>
      </div>
    </>
  );
}

function ColumnsHint({ of: { needed, more } }: { of: Columns }) {
  const { t } = useTranslation();
  return (
    <div>
      <p className="label">{t('import.columns')}</p>
      <p>
        {needed.map((name) => (
          <span key={name}>
            <code className="inline">{name}</code> <span className="small">({t('import.needed')})</span>{' '}
          </span>
        ))}
        {more.map((name) => (
          <span key={name}>
            <code className="inline">{name}</code>{' '}
          </span>
        ))}
      </p>
    </div>
  );
}

function Answer({ result, what }: { result: ImportResult; what: Importable }) {
  const { t } = useTranslation();
  const printable = what === 'units' && result.written && result.made.length > 0;
  return (
    <section className="card stack">
      <ImportAnswer result={result} />
      {printable && (
        <Link className="button quiet" href={labelsOf(result.made.map(({ id }) => id))}>
          {t('import.labels')}
        </Link>
      )}
    </section>
  );
}
