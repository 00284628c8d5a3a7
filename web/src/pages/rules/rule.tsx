// One rule: its versions, how each did, and who changed what is judged.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { RuleMoveMade, RuleVersion, RuleVersionState } from '#contracts';
import { useRule } from '../../client/rules.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill, type Tone } from '../../parts/status/mark.tsx';
import { useSay, useTimes } from '../../reader.tsx';
import { ReportCards } from './report-cards.tsx';

const TONES: Record<RuleVersionState, Tone> = { draft: 'new', trial: 'attention', live: 'fine', retired: 'silent' };

export function RuleStatePill({ state }: { state: RuleVersionState }) {
  const { t } = useTranslation();
  return (
    <Pill tone={TONES[state]} shape={state === 'trial' ? 'clock' : undefined}>
      {t(`rules.state.${state}`)}
    </Pill>
  );
}

export function RulePage({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const found = useRule(rule);
  return (
    <div className="narrow wide">
      <PageHead
        title={found.data ? say.phrase(found.data.title) : rule}
        lead={rule}
        back={{ to: '/rules', words: t('rules.title') }}
      />
      <Loaded from={found} lines={8}>
        {({ versions, moves }) => (
          <>
            <section className="card">
              <h2>{t('rules.versions')}</h2>
              <ul className="rows">
                {versions.map((version) => (
                  <VersionRow key={version.version} version={version} />
                ))}
              </ul>
            </section>
            <ReportCards rule={rule} />
            {moves.length > 0 && <Moves moves={moves} />}
          </>
        )}
      </Loaded>
    </div>
  );
}

function VersionRow({
  version: { rule, version, state, source, author, madeAt, note, reviewedBy },
}: {
  version: RuleVersion;
}) {
  const { t } = useTranslation();
  const times = useTimes();
  const when = times.moment(madeAt);
  const made = author ? t('rules.madeBy', { when, name: author.name }) : t('rules.made', { when });
  const review = reviewedBy === null ? t('rules.notReviewed') : t('rules.reviewedBy', { name: reviewedBy });
  return (
    <li>
      <Link className="row-link" href={`/rules/${rule}/${version}`}>
        <span>
          <strong>{t('rules.version', { version })}</strong>
          <span className="small block">{[t(`rules.source.${source}`), made, review].join(' · ')}</span>
          {note && <span className="small block">{note}</span>}
        </span>
        <RuleStatePill state={state} />
      </Link>
    </li>
  );
}

function Moves({ moves }: { moves: readonly RuleMoveMade[] }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <section className="card">
      <h2>{t('rules.history')}</h2>
      <ol className="timeline">
        {moves.toReversed().map(({ version, at, move, by, note }) => (
          <li key={`${at} ${version} ${move}`}>
            <strong>
              {t('rules.version', { version })}: {t(`rules.move.${move}`)}
            </strong>
            <span className="small block">{[times.moment(at), by?.name].filter((part) => part).join(' · ')}</span>
            {note && <p>{note}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
