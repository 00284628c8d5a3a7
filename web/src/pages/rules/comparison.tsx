// What two versions found, side by side, and finding by finding.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { ComparedFinding, Comparison, FoundBySide, FoundDifference, Phrase } from '#contracts';
import { Empty } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { useSay, useTimes } from '../../reader.tsx';

/** How the two are called here. */
export type SideNames = { a: string; b: string | null; onlyA: string; onlyB: string };

export function ComparisonCard({
  title,
  hint,
  found,
  names,
}: {
  title: string;
  hint: string;
  found: Comparison;
  names: SideNames;
}) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{title}</h2>
      <p className="soft">{hint}</p>
      <Sides found={found} names={names} />
      {found.difference && (
        <>
          <h3>{t('backtest.difference')}</h3>
          <Difference difference={found.difference} names={names} />
        </>
      )}
    </section>
  );
}

type Figure = { name: string; of: (side: FoundBySide) => string };

function Sides({ found: { a, b }, names }: { found: Comparison; names: SideNames }) {
  const { t } = useTranslation();
  const say = useSay();
  const figures: Figure[] = [
    { name: t('backtest.findings'), of: ({ findings }) => say.number(findings) },
    { name: t('backtest.stillOpen'), of: ({ stillOpen }) => say.number(stillOpen) },
    { name: t('backtest.appliances'), of: ({ appliances }) => say.number(appliances) },
    { name: t('backtest.homes'), of: ({ homes }) => say.number(homes) },
    { name: t('backtest.visits'), of: ({ visits }) => say.number(visits) },
    ...a.bySeverity.map(({ severity }) => ({
      name: t(`severity.${severity}`),
      of: (side: FoundBySide) => say.number(side.bySeverity.find((one) => one.severity === severity)?.findings ?? 0),
    })),
  ];
  const causes = causesOf(a, b);
  return (
    <table className="figures-table">
      <thead>
        <tr>
          <th scope="col">{t('backtest.measure')}</th>
          <th scope="col">{names.a}</th>
          {b && <th scope="col">{names.b}</th>}
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, of }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{of(a)}</td>
            {b && <td>{of(b)}</td>}
          </tr>
        ))}
        {causes.map(([cause, name]) => (
          <tr key={cause}>
            <th scope="row">{name ? say.phrase(name) : cause}</th>
            <td>
              <CauseCount side={a} cause={cause} />
            </td>
            {b && (
              <td>
                <CauseCount side={b} cause={cause} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CauseCount({ side, cause }: { side: FoundBySide; cause: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const { findings, visits } = side.byCause.find((one) => one.cause === cause) ?? { findings: 0, visits: 0 };
  return visits === 0
    ? say.number(findings)
    : t('backtest.causeCount', { findings: say.number(findings), visits: say.number(visits) });
}

/** Every cause that either names, with its words. */
export function causesOf(a: FoundBySide, b: FoundBySide | null): [string, Phrase | null][] {
  const all = new Map([...(b?.byCause ?? []), ...a.byCause].map(({ cause, name }) => [cause, name]));
  return [...all];
}

function Difference({ difference, names }: { difference: FoundDifference; names: SideNames }) {
  const { t } = useTranslation();
  const say = useSay();
  const { both, onlyA, onlyB, earlier, later, medianLaterMinutes, visitsOnlyA, visitsOnlyB } = difference;
  const rows: [string, string][] = [
    [t('backtest.both'), say.number(both)],
    [names.onlyA, say.number(onlyA)],
    [names.onlyB, say.number(onlyB)],
    [t('backtest.earlier'), say.number(earlier)],
    [t('backtest.later'), say.number(later)],
    ...(medianLaterMinutes === null
      ? []
      : [
          [t('backtest.medianLater'), t('backtest.minutes', { minutes: say.number(medianLaterMinutes) })] as [
            string,
            string,
          ],
        ]),
    [t('backtest.visitsOnlyA'), say.number(visitsOnlyA)],
    [t('backtest.visitsOnlyB'), say.number(visitsOnlyB)],
  ];
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Causes = readonly (readonly [string, Phrase | null])[];

/** The findings one by one, or that there are none. */
export function ComparedList({
  findings,
  names,
  causes,
}: {
  findings: readonly ComparedFinding[];
  names: SideNames;
  causes: Causes;
}) {
  const { t } = useTranslation();
  return (
    <>
      {findings.length === 0 && <Empty>{t('backtest.nothing')}</Empty>}
      <ul className="rows">
        {findings.map((finding) => (
          <ComparedRow
            key={`${finding.appliance} ${(finding.a ?? finding.b)!.openedAt}`}
            finding={finding}
            names={names}
            causes={causes}
          />
        ))}
      </ul>
    </>
  );
}

function ComparedRow({
  finding: { appliance, a, b },
  names,
  causes,
}: {
  finding: ComparedFinding;
  names: SideNames;
  causes: Causes;
}) {
  return (
    <li className="block">
      <Link href={`/appliances/${appliance}`}>
        <code>{appliance}</code>
      </Link>
      <SaidLine name={names.a} said={a} causes={causes} />
      {names.b !== null && <SaidLine name={names.b} said={b} causes={causes} />}
    </li>
  );
}

const TONES = { notice: 'new', warning: 'attention', critical: 'danger' } as const;

function SaidLine({ name, said, causes }: { name: string; said: ComparedFinding['a']; causes: Causes }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  if (!said) {
    return (
      <p className="small">
        {name}: {t('backtest.silentSide')}
      </p>
    );
  }
  const { openedAt, closedAt, severity, cause, probability, visit } = said;
  const from = times.moment(openedAt);
  const words = causes.find(([one]) => one === cause)?.[1];
  return (
    <p className="small">
      {name}: <Pill tone={TONES[severity]}>{t(`severity.${severity}`)}</Pill>{' '}
      {[
        closedAt === null
          ? t('backtest.spanOpen', { from })
          : t('backtest.spanFromTo', { from, to: times.moment(closedAt) }),
        `${words ? say.phrase(words) : cause} ${say.percent(probability)}`,
        visit && t('backtest.visit'),
      ]
        .filter((part) => part)
        .join(' · ')}
    </p>
  );
}
