// Everything about a person or an appliance, as files to take along.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Export, ExportFormat } from '#contracts';
import { useExports, useStartExport } from '../../client/rights.ts';
import { Segments } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { useSay, useTimes } from '../../reader.tsx';

const FORMATS: readonly { value: ExportFormat; words: string }[] = [
  { value: 'json', words: 'JSON' },
  { value: 'csv', words: 'CSV' },
  { value: 'parquet', words: 'Parquet' },
];

/** `appliance`: about that; without it about whoever is logged in. */
export function ExportCard({ appliance = null }: { appliance?: string | null }) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<ExportFormat>('json');
  const start = useStartExport(appliance);
  const exports = useExports();
  return (
    <section className="card">
      <h2>{t(appliance ? 'access.exportTitle' : 'privacy.export')}</h2>
      <p className="soft">{t(appliance ? 'privacy.exportAppliance' : 'privacy.exportLead')}</p>
      <Form
        action={t('privacy.start')}
        busy={start.isPending}
        error={start.error}
        onSubmit={() => start.mutate(format)}
      >
        <Segments
          label={t('privacy.format')}
          value={format}
          choices={FORMATS}
          onValue={(value) => setFormat(value as ExportFormat)}
        />
      </Form>
      <Loaded from={exports} lines={1}>
        {({ items }) => <ExportList exports={items.filter((one) => one.appliance === appliance)} />}
      </Loaded>
    </section>
  );
}

function ExportList({ exports }: { exports: Export[] }) {
  if (exports.length === 0) return null;
  return (
    <ul className="rows">
      {exports.map((one) => (
        <ExportRow key={one.id} of={one} />
      ))}
    </ul>
  );
}

function ExportRow({ of: one }: { of: Export }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <li className="block">
      <div className="card-head">
        <span className="small">
          {one.format.toUpperCase()} · {t('privacy.asked', { when: times.moment(one.askedAt) })}
        </span>
        {one.state === 'waiting' && (
          <Pill tone="new" shape="clock">
            {t('privacy.preparing')}
          </Pill>
        )}
        {one.state === 'ready' && <Pill tone="fine">{t('privacy.ready', { when: times.date(one.deletedAt) })}</Pill>}
        {one.state === 'failed' && <Pill tone="danger">{t('privacy.failed')}</Pill>}
      </div>
      <Files files={one.files} />
    </li>
  );
}

function Files({ files }: { files: Export['files'] }) {
  const say = useSay();
  if (files.length === 0) return null;
  return (
    <ul className="files">
      {files.map(({ name, path, bytes }) => (
        <li key={name}>
          <a href={path} download={name}>
            {name}
          </a>{' '}
          <span className="small">{say.number(Math.max(1, Math.round(bytes / 1024)))} KiB</span>
        </li>
      ))}
    </ul>
  );
}
