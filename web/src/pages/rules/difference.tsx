// What differs between two versions of a rule: by place, and line by line.
import { useTranslation } from 'react-i18next';
import type { RuleChange, RuleLine } from '#contracts';
import { useRuleDiff } from '../../client/rules.ts';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';

export function RuleDifference({ rule, from, to }: { rule: string; from: number; to: number }) {
  const { t } = useTranslation();
  const diff = useRuleDiff(rule, from, to);
  return (
    <section className="card">
      <h2>{t('rules.compare')}</h2>
      <p className="soft">{t('rules.compareTitle', { from, to })}</p>
      <Loaded from={diff} lines={5}>
        {({ changes, lines }) => (
          <>
            {changes.length === 0 && <Empty>{t('rules.same')}</Empty>}
            <ul className="rows">
              {changes.map((change) => (
                <ChangeRow key={change.path} change={change} />
              ))}
            </ul>
            {lines.length > 0 && (
              <details>
                <summary>{t('rules.lines')}</summary>
                <Lines lines={lines} />
              </details>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

const TONES = { added: 'fine', removed: 'danger', changed: 'new' } as const;
const SHAPES = { added: 'new', removed: 'silent', changed: 'info' } as const;
const LANGUAGES: Record<string, string> = { en: 'en', zh: 'zh-CN' };

function ChangeRow({ change: { what, path, words, before, after } }: { change: RuleChange }) {
  const { t } = useTranslation();
  const lang = words ? LANGUAGES[path.split('.').at(-1)!] : undefined;
  return (
    <li className="block">
      <div className="card-head">
        <code>{path}</code>
        <Pill tone={TONES[what]} shape={SHAPES[what]}>
          {t(`rules.changed.${what}`)}
          {words && ` · ${t('rules.words')}`}
        </Pill>
      </div>
      {before !== null && (
        <p className="rule-line went" lang={lang}>
          <del>{before}</del>
        </p>
      )}
      {after !== null && (
        <p className="rule-line came" lang={lang}>
          <ins>{after}</ins>
        </p>
      )}
    </li>
  );
}

function Lines({ lines }: { lines: readonly RuleLine[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="rule-lines" tabIndex={0} aria-label="YAML">
      {lines.map((line) => (
        <Line key={`${line.before} ${line.after}`} line={line} />
      ))}
    </section>
  );
}

function Line({ line: { before, after, text } }: { line: RuleLine }) {
  const [kind, sign] =
    before === null ? (['came', '+'] as const) : after === null ? (['went', '-'] as const) : ['', ' '];
  return (
    <div className={`rule-line ${kind}`}>
      <span className="soft">{`${after ?? before}`.padStart(4)}</span> {sign} {text}
    </div>
  );
}
