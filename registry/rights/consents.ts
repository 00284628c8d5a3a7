// What people agreed to: purpose by purpose, in a version of a text that they could read. Append only; the newest word counts.
import type { Id, Language, Phrase } from '#contracts';
import type { Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';

export const PURPOSES = ['service-messages', 'diagnosis-improvement', 'remote-support', 'marketing'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A changed text is a new version: what was given to an older one counts no longer. `unasked`: what holds for who said nothing. */
export type ConsentText = { version: number; unasked: boolean; text: Phrase };

export const CONSENT_TEXTS: Readonly<Record<Purpose, ConsentText>> = {
  'service-messages': {
    version: 1,
    // Part of what a household asked for when it connected its appliance.
    unasked: true,
    text: {
      en: 'Send me mails about my appliances: what is wrong, what to do, and when a technician comes. Without this I only see it on the page.',
      zh: '就我的家电向我发送邮件：出了什么问题、该怎么做、技术人员何时上门。不同意时，我只能在页面上看到这些信息。',
    },
  },
  'diagnosis-improvement': {
    version: 1,
    unasked: false,
    text: {
      en: 'Compare the readings of my appliances, without my name and address, with those of others of the same model, so that faults are recognised earlier.',
      zh: '在不含我的姓名和地址的前提下，将我的家电数据与同型号其他家电的数据进行比较，以便更早识别故障。',
    },
  },
  'remote-support': {
    version: 1,
    unasked: false,
    text: {
      en: 'Service may ask me whether it may look at my appliance from afar. It looks only after I have said yes to that one request.',
      zh: '客服可以询问我是否允许远程查看我的家电。只有在我逐次同意之后才会查看。',
    },
  },
  marketing: {
    version: 1,
    unasked: false,
    text: {
      en: 'Tell me about new products and offers.',
      zh: '向我介绍新产品和优惠。',
    },
  },
};

export type Word = { version: number; language: Language; given: boolean; at: number };
export type Consent = ConsentText & { purpose: Purpose; given: boolean; said: Word[] };

type Row = Word & { purpose: Purpose };

/** Every purpose with what this person said about it, newest first. */
export async function consentsOf(sql: Sql, person: Id): Promise<Consent[]> {
  const rows = await sql.query<Row>(
    'select purpose, version, language, given, at from app.consent where person = $1 order by position desc',
    [person],
  );
  return PURPOSES.map((purpose) => {
    const said = rows.filter((row) => row.purpose === purpose).map(({ purpose: _, ...word }) => word);
    return { ...CONSENT_TEXTS[purpose], purpose, given: holds(CONSENT_TEXTS[purpose], said[0]), said };
  });
}

/** A withdrawal counts whatever the version; a yes counts for the text that was shown. */
function holds(text: ConsentText, newest: Word | undefined): boolean {
  if (newest === undefined) return text.unasked;
  return newest.given && (newest.version === text.version || text.unasked);
}

export async function hasConsent(sql: Sql, person: Id, purpose: Purpose): Promise<boolean> {
  const [newest] = await sql.query<Word>(
    `select version, language, given, at from app.consent where person = $1 and purpose = $2
      order by position desc limit 1`,
    [person, purpose],
  );
  return holds(CONSENT_TEXTS[purpose], newest);
}

/** Saying what was said before leaves no new row. */
export async function sayConsent(
  sql: Sql,
  wish: { person: Id; purpose: Purpose; given: boolean; language: Language; by: Actor; now: number },
): Promise<void> {
  const { person, purpose, given, language, by, now } = wish;
  const { version } = CONSENT_TEXTS[purpose];
  await sql.transaction(async (tx) => {
    const [newest] = await tx.query<Word>(
      'select given, version from app.consent where person = $1 and purpose = $2 order by position desc limit 1',
      [person, purpose],
    );
    if (newest?.given === given && newest.version === version) return;
    await tx.query(
      'insert into app.consent (person, purpose, version, language, given, at) values ($1, $2, $3, $4, $5, $6)',
      [person, purpose, version, language, given, now],
    );
    await audit(tx, {
      now,
      by,
      action: given ? 'consent.given' : 'consent.withdrawn',
      object: { kind: 'person', id: person },
      detail: { purpose, version },
    });
  });
}
