// Regions as areas: which postcodes belong to each.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Region } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useRegions, useRemoveRegion, useSaveRegion } from '../../client/staff.ts';
import { useEntry } from '../../parts/form/entry.ts';
import { TextArea, TextField } from '../../parts/form/fields.tsx';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { offers } from '../../parts/offers.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { StaffHead } from './staff-tabs.tsx';

export function RegionsPage() {
  const { t } = useTranslation();
  const { role } = usePerson();
  const regions = useRegions();
  const editable = offers(role, 'editRegions');
  return (
    <>
      <StaffHead title={t('people.title')} lead={t('region.lead')} />
      <div className={editable ? 'columns' : ''}>
        <section className="card">
          <h2>{t('region.title')}</h2>
          <Loaded from={regions}>
            {({ items }) => (
              <>
                {items.length === 0 && <Empty>{t('region.none')}</Empty>}
                <ul className="rows">
                  {items.map((region) => (
                    <RegionRow key={region.code} region={region} editable={editable} />
                  ))}
                </ul>
              </>
            )}
          </Loaded>
        </section>
        {editable && (
          <section className="card">
            <h2>{t('region.add')}</h2>
            <RegionForm />
          </section>
        )}
      </div>
    </>
  );
}

function RegionRow({ region, editable }: { region: Region; editable: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const remove = useRemoveRegion(region.code);
  return (
    <li className="block">
      <div className="card-head">
        <span>
          <strong>{region.name}</strong>
          <span className="small block">
            {region.code} · {t('region.postcodeCount', { count: region.postcodes.length })}
          </span>
        </span>
        {editable && !open && (
          <div className="actions">
            <button
              type="button"
              className="button quiet small"
              aria-label={`${t('people.edit')}: ${region.name}`}
              onClick={() => setOpen(true)}
            >
              {t('people.edit')}
            </button>
            <SureButton
              words={t('region.remove')}
              sure={t('region.removeSure', { name: region.name })}
              action={remove}
              of={region.name}
            />
          </div>
        )}
      </div>
      {open && <RegionForm region={region} onDone={() => setOpen(false)} />}
    </li>
  );
}

function RegionForm({ region, onDone }: { region?: Region; onDone?: () => void }) {
  const { t } = useTranslation();
  const save = useSaveRegion();
  const { entry, set, clear } = useEntry({
    code: region?.code ?? '',
    name: region?.name ?? '',
    postcodes: region?.postcodes.join(' ') ?? '',
  });
  const postcodes = entry.postcodes.split(/[\s,，;；、]+/).filter(Boolean);
  const send = () =>
    save.mutate(
      { ...entry, postcodes },
      {
        onSuccess: () => {
          if (!region) clear();
          onDone?.();
        },
      },
    );
  return (
    <Form action={t(region ? 'region.save' : 'region.add')} busy={save.isPending} error={save.error} onSubmit={send}>
      {!region && (
        <TextField
          label={t('region.code')}
          hint={t('region.codeHint')}
          pattern="[A-Za-z0-9_\-]{1,40}"
          value={entry.code}
          onValue={(code) => set({ code })}
        />
      )}
      <TextField label={t('region.name')} maxLength={120} value={entry.name} onValue={(name) => set({ name })} />
      <TextArea
        label={t('region.postcodes')}
        hint={t('region.postcodesHint')}
        optional
        value={entry.postcodes}
        onValue={(value) => set({ postcodes: value })}
      />
    </Form>
  );
}
