// People who work for an organisation, and its technicians, by the file. Each gets a mail with a link to choose a password.
import { type Id, type ImportError, type ImportResult, Language, newId, Role } from '#contracts';
import type { Sql } from '#runtime';
import { actorOf } from '../access/audit.ts';
import type { Viewer } from '../access/policy.ts';
import { wrongLine } from '../imports/import-errors.ts';
import { type ImportLine, readImport } from '../imports/import-lines.ts';
import { type Checked, type ImportWish, runImport } from '../imports/import-run.ts';
import { atMost, type Check, faultsOf, isId, isMail, oneOf, twice } from '../imports/line-checks.ts';
import { organisationsAround } from '../organisations/organisations.ts';
import { emailIndex, sameCase } from '../vault/email-index.ts';
import { invite, NO_PASSWORD } from './invitations.ts';
import { sealedPart } from './mail-person.ts';
import { invitedToWork } from './mail-words.ts';
import { insertPerson, knownTimeZone } from './people.ts';

const STAFF = Role.options.filter((role) => role !== 'owner' && role !== 'repairer');
const NEEDED = ['name', 'email', 'role'];

const CHECKS: Readonly<Record<string, Check>> = {
  name: atMost(120),
  email: isMail,
  role: oneOf(STAFF),
  language: oneOf(Language.options),
  time_zone: (value) => (isTimeZone(value) ? null : { code: 'bad-time-zone' }),
  organisation: isId,
  region: atMost(40),
  skills: atMost(400),
};
const COLUMNS = { all: Object.keys(CHECKS), needed: NEEDED };

function isTimeZone(value: string): boolean {
  try {
    knownTimeZone(value);
    return true;
  } catch {
    return false;
  }
}

type PersonLine = ImportLine & { id: Id };

export type PeopleImporting = { body: Uint8Array; type: 'csv' | 'json'; wish: ImportWish; viewer: Viewer; now: number };

/** What is wrong with lines is in the result; whose brand the viewer works for is what may be written. Throws `email-taken` when somebody was faster. */
export function importPeople(sql: Sql, { body, type, wish, viewer, now }: PeopleImporting): Promise<ImportResult> {
  return runImport<PersonLine>(readImport(body, type, COLUMNS), wish, {
    lines: (line) => ({ ...line, id: newId() }),
    check: (lines) => check(sql, lines, viewer),
    write: (good) => sql.transaction((tx) => write(tx, good, viewer, now)),
  });
}

async function check(sql: Sql, lines: readonly PersonLine[], viewer: Viewer): Promise<Checked<PersonLine>> {
  const single = lines.flatMap((line) => [...faultsOf(line, CHECKS, NEEDED), ...regionMissing(line)]);
  const bad = new Set(single.map(({ line }) => line));
  const sound = lines.filter(({ line }) => !bad.has(line));
  const errors = [
    ...single,
    ...twice(sound, { column: 'email', code: 'mail-twice', key: ({ fields }) => sameCase(fields.email!) }),
    ...(await foreign(sql, sound, viewer)),
    ...(await taken(sql, sound)),
  ];
  const wrong = new Set(errors.map(({ line }) => line));
  return { good: lines.filter(({ line }) => !wrong.has(line)), errors };
}

const regionMissing = ({ line, fields }: PersonLine): ImportError[] =>
  fields.role === 'technician' && fields.region === undefined ? [wrongLine(line, 'region', 'region-missing')] : [];

/** Nobody makes accounts for the brand he works for, nor for strangers. */
async function foreign(sql: Sql, lines: readonly PersonLine[], viewer: Viewer): Promise<ImportError[]> {
  const around = await organisationsAround(sql, viewer.organisation!);
  const mine = new Set(
    around.filter(({ id, parent }) => viewer.organisation === id || viewer.organisation === parent).map(({ id }) => id),
  );
  return lines
    .filter(({ fields }) => fields.organisation !== undefined && !mine.has(fields.organisation.toLowerCase()))
    .map(({ line }) => wrongLine(line, 'organisation', 'foreign-organisation'));
}

async function taken(sql: Sql, lines: readonly PersonLine[]): Promise<ImportError[]> {
  const indexes = new Map<number, string>();
  for (const { line, fields } of lines) indexes.set(line, await emailIndex(sql, fields.email!));
  const rows = await sql.query<{ email_index: string }>(
    'select email_index from app.person where email_index = any($1::text[])',
    [[...indexes.values()]],
  );
  const known = new Set(rows.map((row) => row.email_index));
  return lines
    .filter(({ line }) => known.has(indexes.get(line)!))
    .map(({ line }) => wrongLine(line, 'email', 'mail-taken'));
}

async function write(tx: Sql, good: readonly PersonLine[], viewer: Viewer, now: number): Promise<void> {
  const names = new Map((await organisationsAround(tx, viewer.organisation!)).map(({ id, name }) => [id, name]));
  for (const line of good) {
    const { fields } = line;
    const organisation = fields.organisation?.toLowerCase() ?? viewer.organisation!;
    const person = await insertPerson(
      tx,
      {
        id: line.id,
        name: fields.name!,
        email: fields.email!,
        password: '',
        role: Role.parse(fields.role),
        language: Language.parse(fields.language ?? 'en'),
        organisation,
        now,
        by: actorOf(viewer),
        confirmed: false,
        ...(fields.time_zone === undefined ? {} : { timeZone: fields.time_zone }),
        ...(fields.region === undefined ? {} : { region: fields.region }),
        skills: fields.skills?.split(/[\s|]+/).filter((skill) => skill !== '') ?? [],
      },
      NO_PASSWORD,
    );
    const employer = await sealedPart(tx, person.id, names.get(organisation) ?? '');
    await invite(tx, { person: person.id, words: (endsAt) => invitedToWork(employer, endsAt), now });
  }
}
