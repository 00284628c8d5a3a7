// One version of a rule: its text, what differs from what is live, and what can be done with it.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { RuleMove, RuleVersionState, RuleVersionText } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useEditDraft, useMoveRule, useRule, useRuleVersion } from '../../client/rules.ts';
import { TextArea, TextField } from '../../parts/form/fields.tsx';
import { SureButton } from '../../parts/form/sure-button.tsx';
import { offers } from '../../parts/offers.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { Pill } from '../../parts/status/mark.tsx';
import { useSay } from '../../reader.tsx';
import { RuleDifference } from './difference.tsx';
import { Doubts, RuleEditor } from './editor.tsx';
import { RuleStatePill } from './rule.tsx';

export function RuleVersionPage({ rule, version }: { rule: string; version: number }) {
  const { t } = useTranslation();
  const say = useSay();
  const found = useRuleVersion(rule, version);
  const live = useRule(rule).data?.versions.find(({ state }) => state === 'live')?.version;
  const { role } = usePerson();
  const mayEdit = offers(role, 'editRules');
  return (
    <div className="narrow wide">
      <PageHead
        title={t('rules.version', { version })}
        back={{ to: `/rules/${rule}`, words: found.data ? say.phrase(found.data.title) : rule }}
      />
      <Loaded from={found} lines={12}>
        {(data) => (
          <>
            <About data={data} mayEdit={mayEdit} />
            {live !== undefined && live !== version && <RuleDifference rule={rule} from={live} to={version} />}
            {mayEdit && data.state === 'draft' ? (
              <DraftText key={data.sha256} data={data} />
            ) : (
              <FixedText data={data} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

const MOVES: Record<RuleVersionState, readonly RuleMove[]> = {
  draft: ['try', 'publish', 'retire'],
  trial: ['publish', 'retire'],
  live: ['retire'],
  retired: ['try', 'roll-back'],
};

function About({ data, mayEdit }: { data: RuleVersionText; mayEdit: boolean }) {
  const { t } = useTranslation();
  const { rule, version, state, source, note, reviewedBy } = data;
  return (
    <section className="card">
      <div className="card-head">
        <RuleStatePill state={state} />
        {reviewedBy === null ? (
          <Pill tone="attention">{t('rules.notReviewed')}</Pill>
        ) : (
          <Pill tone="fine">{t('rules.reviewedBy', { name: reviewedBy })}</Pill>
        )}
      </div>
      <p className="small">{[t(`rules.source.${source}`), note].filter((part) => part).join(' · ')}</p>
      {reviewedBy === null && <p className="small">{t('rules.reviewHint')}</p>}
      <div className="actions">
        <a className="button quiet small" href={`/api/v1/rules/${rule}/versions/${version}/file`} download>
          {t('rules.download')}
        </a>
        {mayEdit && (
          <Link className="button quiet small" href={`/rules/${rule}/${version}/history`}>
            {t('backtest.try')}
          </Link>
        )}
        {mayEdit && state === 'trial' && (
          <Link className="button quiet small" href={`/rules/${rule}/trial`}>
            {t('backtest.beside')}
          </Link>
        )}
        {mayEdit && (
          <Link className="button quiet small" href={`/rules/new?rule=${rule}&version=${version}`}>
            {t('rules.next')}
          </Link>
        )}
      </div>
      {mayEdit && <MoveButtons key={state} rule={rule} version={version} state={state} />}
    </section>
  );
}

function MoveButtons({ rule, version, state }: { rule: string; version: number; state: RuleVersionState }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const move = useMoveRule(rule, version);
  return (
    <div className="rule-moves">
      <TextField
        label={t('rules.note')}
        hint={t('rules.noteHint')}
        optional
        value={note}
        maxLength={2000}
        onValue={setNote}
      />
      <div className="actions">
        {MOVES[state].map((name) => (
          <SureButton
            key={name}
            words={t(`rules.move.${name}`)}
            sure={t(`rules.sure.${name}`)}
            action={{ ...move, mutate: () => move.mutate({ move: name, note }) }}
          />
        ))}
      </div>
    </div>
  );
}

function DraftText({ data: { rule, version, text, note } }: { data: RuleVersionText }) {
  const [entry, setEntry] = useState({ text, note });
  const edit = useEditDraft(rule, version);
  return (
    <section className="card form">
      <RuleEditor
        entry={entry}
        onEntry={(part) => setEntry({ ...entry, ...part })}
        save={{ ...edit, mutate: () => edit.mutate(entry) }}
      />
    </section>
  );
}

function FixedText({ data: { text, problems, state } }: { data: RuleVersionText }) {
  const { t } = useTranslation();
  return (
    <section className="card form">
      <TextArea
        label={t('rules.text')}
        {...(state === 'draft' ? {} : { hint: t('rules.textFixed') })}
        code
        rows={28}
        readOnly
        value={text}
        onValue={() => {}}
      />
      <Doubts problems={problems} />
    </section>
  );
}
