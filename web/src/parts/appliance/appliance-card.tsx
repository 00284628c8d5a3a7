// One appliance at home: how it is, its temperature, when it was last heard.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Appliance } from '#contracts';
import { useSay } from '../../reader.tsx';
import { ConditionPill } from '../status/pills.tsx';
import { Heard } from './heard.tsx';
import { Sparkline } from './sparkline.tsx';
import { useValueLabel, useValueWords } from './value.ts';

const MAIN_SIGNALS = ['cabinet_temperature', 'freezer_temperature'];
const BESIDE = ['freezer_temperature', 'door_open', 'compressor_on', 'power'];

export function ApplianceCard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const say = useSay();
  const valueWords = useValueWords();
  const label = useValueLabel();
  const main = MAIN_SIGNALS.map((name) => appliance.latest.find((v) => v.signal === name)).find((v) => !!v);
  const beside = BESIDE.map((name) => appliance.latest.find((v) => v.signal === name)).filter((v) => !!v && v !== main);
  return (
    <article className="card appliance-card">
      <div className="appliance-head">
        <div>
          <h3>
            <Link className="cover" href={`/appliances/${appliance.id}`}>
              {appliance.name}
            </Link>
          </h3>
          <p className="small">
            {appliance.model.brand} {say.phrase(appliance.model.name)}
          </p>
        </div>
        <ConditionPill condition={appliance.condition} />
      </div>
      <div className="appliance-main">
        <p className="big">{main ? valueWords(main) : '–'}</p>
        <p className="small">{main ? label(main) : t('appliance.noValues')}</p>
      </div>
      <div className="sparkline-room">{main && <Sparkline appliance={appliance.id} signal={main.signal} />}</div>
      {beside.length > 0 && (
        <dl className="figures">
          {beside.slice(0, 3).map((value) => (
            <div key={value!.signal}>
              <dt>{label(value!)}</dt>
              <dd>{valueWords(value!)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Heard appliance={appliance} />
    </article>
  );
}
