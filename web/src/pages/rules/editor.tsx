// The text of a rule: written, checked, saved as a draft.
import { useTranslation } from 'react-i18next';
import type { RuleCheck, RuleProblem } from '#contracts';
import { useCheckRule } from '../../client/rules.ts';
import { TextArea, TextField } from '../../parts/form/fields.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { ProblemNote } from '../../parts/status/problem-note.tsx';

export type RuleEntry = { text: string; note: string };
type EditorProps = {
  entry: RuleEntry;
  onEntry: (part: Partial<RuleEntry>) => void;
  save: { mutate: () => void; isPending: boolean; error: unknown; isSuccess: boolean };
};

export function RuleEditor({ entry, onEntry, save }: EditorProps) {
  const { t } = useTranslation();
  const check = useCheckRule();
  const busy = save.isPending || check.isPending || entry.text === '';
  return (
    <>
      <TextArea label={t('rules.text')} code rows={28} value={entry.text} onValue={(text) => onEntry({ text })} />
      <TextField
        label={t('rules.note')}
        hint={t('rules.noteHint')}
        optional
        value={entry.note}
        maxLength={2000}
        onValue={(note) => onEntry({ note })}
      />
      <div className="actions">
        <button type="button" className="button quiet" disabled={busy} onClick={() => check.mutate(entry.text)}>
          {t('rules.check')}
        </button>
        <button type="button" className="button" disabled={busy} onClick={save.mutate}>
          {t('rules.save')}
        </button>
      </div>
      <p className="saved" role="status">
        {save.isSuccess && t('rules.saved')}
      </p>
      <ProblemNote error={save.error ?? check.error} />
      {check.data && !save.error && <Checked check={check.data} />}
    </>
  );
}

function Checked({ check: { rule, version, doubts } }: { check: RuleCheck }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      <Pill tone="fine">{t('rules.good', { rule, version })}</Pill>
      <Doubts problems={doubts} />
    </div>
  );
}

export function Doubts({ problems }: { problems: readonly RuleProblem[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return (
    <>
      <h3>{t('rules.doubts', { count: problems.length })}</h3>
      <ul className="rows">
        {problems.map(({ line, path, message, fix }) => (
          <li className="block" key={`${line} ${path} ${message}`}>
            <span className="small block">
              {[line === null ? null : t('rules.line', { line }), path].filter((part) => part).join(' · ')}
            </span>
            <p lang="en">
              {message} {fix}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
