// A new rule, or a new version of one: from a file, or from another version.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearchParams } from 'wouter';
import { useRuleVersion, useWriteRule } from '../../client/rules.ts';
import { FileField } from '../../parts/form/file-field.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { RuleEditor } from './editor.tsx';

export function NewRuleVersionPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const from = useRuleVersion(search.get('rule') ?? '', versionOf(search.get('version')));
  const [entry, setEntry] = useState({ text: null as string | null, note: '', imported: false });
  const [, go] = useLocation();
  const write = useWriteRule();
  const text = entry.text ?? (from.data ? nextVersion(from.data.text) : '');
  const save = () =>
    write.mutate({ ...entry, text }, { onSuccess: ({ rule, version }) => go(`/rules/${rule}/${version}`) });
  return (
    <div className="narrow wide">
      <PageHead title={t('rules.new')} back={{ to: '/rules', words: t('rules.title') }} />
      <section className="card form">
        <FileField
          label={t('rules.file')}
          accept=".yaml,.yml"
          onText={(read) => setEntry({ ...entry, text: read, imported: true })}
        />
        <RuleEditor
          entry={{ text, note: entry.note }}
          onEntry={(part) => setEntry({ ...entry, ...part })}
          save={{ ...write, mutate: save }}
        />
      </section>
    </div>
  );
}

const versionOf = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

/** Where others came in between, saving says which number is free. */
const nextVersion = (text: string): string =>
  text.replace(/^version: *(\d+)/m, (_, version: string) => `version: ${Number(version) + 1}`);
