// How each version of a rule did.
import { useTranslation } from 'react-i18next';
import type { RuleReportCard } from '#contracts';
import { useReportCards } from '../../client/rules.ts';
import { Loaded } from '../../parts/status/loaded.tsx';
import { useSay } from '../../reader.tsx';

export function ReportCards({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const cards = useReportCards(rule);
  return (
    <section className="card">
      <h2>{t('reportCard.title')}</h2>
      <p className="soft">{t('reportCard.lead')}</p>
      <Loaded from={cards} lines={4}>
        {({ items }) => items.map((card) => <Card key={card.version} card={card} />)}
      </Loaded>
    </section>
  );
}

function Card({ card }: { card: RuleReportCard }) {
  const { t } = useTranslation();
  return (
    <>
      <h3>{t('rules.version', { version: card.version })}</h3>
      {card.opened === 0 && card.visits.done === 0 ? (
        <p className="empty">{t('reportCard.nothing')}</p>
      ) : (
        <Figures card={card} />
      )}
    </>
  );
}

function Figures({ card }: { card: RuleReportCard }) {
  const { t } = useTranslation();
  const say = useSay();
  const { opened, appliances, stillOpen, closed, closedByThemselves, withdrawn, medianOpenHours, visits } = card;
  const words = (code: string, otherwise = code): string => {
    const phrase = card.words[code];
    return phrase ? say.phrase(phrase) : isNamed(code) ? t(`reportCard.${NAMED[code]}`) : otherwise;
  };
  const counts = (pairs: readonly (readonly [string, number])[]): string =>
    pairs.map(([words, count]) => `${words} ${say.number(count)}`).join(' · ');
  return (
    <dl className="facts">
      <Fact name={t('reportCard.opened')} value={say.number(opened)}>
        {counts([
          [t('reportCard.appliances'), appliances],
          [t('reportCard.stillOpen'), stillOpen],
          [t('reportCard.closed'), closed],
          [t('reportCard.alone'), closedByThemselves],
          [t('reportCard.withdrawn'), withdrawn],
        ])}
      </Fact>
      {medianOpenHours !== null && (
        <Fact
          name={t('reportCard.median')}
          value={t('reportCard.hours', { hours: say.number(Math.round(medianOpenHours * 10) / 10) })}
        />
      )}
      {card.answers.length > 0 && (
        <Fact name={t('reportCard.answers')} value="">
          {counts(
            card.answers.map(({ question, answer, count }) => [
              `${words(question)} ${words(`${question}.${answer}`, answer)}`,
              count,
            ]),
          )}
        </Fact>
      )}
      <Fact name={t('reportCard.visits')} value={say.number(visits.done)}>
        {counts(VISITS.map((name) => [t(`reportCard.${name}`), visits[name]] as const))}
      </Fact>
      <Fact
        name={t('reportCard.firstRight')}
        value={card.firstRight === null ? t('reportCard.tooFew') : say.percent(card.firstRight)}
      />
      {card.confusion.length > 0 && (
        <Fact name={t('reportCard.confusion')} value="">
          {counts(
            card.confusion.map(({ said, found, count }) => [
              t('reportCard.saidFound', { said: words(said), found: words(found) }),
              count,
            ]),
          )}
        </Fact>
      )}
    </dl>
  );
}

/** What a technician may say beside a cause of the rule. */
const NAMED = { 'nothing-wrong': 'nothingWrong', other: 'otherCause' } as const;
const isNamed = (code: string): code is keyof typeof NAMED => Object.hasOwn(NAMED, code);

const VISITS = ['confirmed', 'otherCause', 'nothingWrong', 'notSaid', 'avoidable'] as const;

function Fact({ name, value, children }: { name: string; value: string; children?: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {children && <span className="small block">{children}</span>}
      </dd>
    </div>
  );
}
