// Where a household's appliances stand.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Household, Site } from '#contracts';
import { useAddSite, useEditSite, useRemoveSite, useSites } from '../../client/household.ts';
import { given, useEntry } from '../../parts/form/entry.ts';
import { Form } from '../../parts/form/form.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { PlaceFields } from './make-household.tsx';

type CardProps = { household: Household; owns: boolean };

export function PlacesCard({ household, owns }: CardProps) {
  const { t } = useTranslation();
  const sites = useSites(household.id);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section className="card">
      <h2>{t('household.places')}</h2>
      <p className="soft">{t('household.placesLead')}</p>
      <Loaded from={sites}>
        {({ items }) => (
          <ul className="rows wrap">
            {items.map((site) =>
              open === site.id ? (
                <li key={site.id} className="block">
                  <EditPlace household={household.id} site={site} onDone={() => setOpen(null)} />
                </li>
              ) : (
                <PlaceRow
                  key={site.id}
                  household={household.id}
                  site={site}
                  owns={owns}
                  removable={items.length > 1}
                  onEdit={() => setOpen(site.id)}
                />
              ),
            )}
          </ul>
        )}
      </Loaded>
      {owns &&
        (open === NEW ? (
          <AddPlace household={household.id} onDone={() => setOpen(null)} />
        ) : (
          <div className="actions">
            <button type="button" className="button quiet small" onClick={() => setOpen(NEW)}>
              {t('household.addPlace')}
            </button>
          </div>
        ))}
    </section>
  );
}

const NEW = 'new';

type PlaceRowProps = { household: string; site: Site; owns: boolean; removable: boolean; onEdit: () => void };

function PlaceRow({ household, site, owns, removable, onEdit }: PlaceRowProps) {
  const { t } = useTranslation();
  const remove = useRemoveSite(household, site.id);
  const where = site.address || t('household.noAddress');
  return (
    <li>
      <span>
        <strong>{where}</strong>
        <span className="small block">{site.region}</span>
      </span>
      {owns && (
        <div className="actions">
          <button type="button" className="button quiet small" onClick={onEdit}>
            {t('household.edit')}
          </button>
          {removable && <SureButton words={t('household.remove')} sure={where} action={remove} of={where} />}
        </div>
      )}
    </li>
  );
}

function EditPlace({ household, site, onDone }: { household: string; site: Site; onDone: () => void }) {
  const { t } = useTranslation();
  const edit = useEditSite(household, site.id);
  const { entry, set } = useEntry({ address: site.address, postcode: '' });
  const send = () =>
    edit.mutate({ address: entry.address, ...given({ postcode: entry.postcode }) }, { onSuccess: onDone });
  return (
    <Form action={t('household.save')} busy={edit.isPending} error={edit.error} onSubmit={send}>
      <PlaceFields entry={entry} set={set} />
    </Form>
  );
}

function AddPlace({ household, onDone }: { household: string; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAddSite(household);
  const { entry, set } = useEntry({ address: '', postcode: '' });
  return (
    <Form
      action={t('household.addPlace')}
      busy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate(given(entry), { onSuccess: onDone })}
    >
      <PlaceFields entry={entry} set={set} />
    </Form>
  );
}
