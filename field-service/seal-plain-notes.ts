// What technicians wrote before there were keys: it moves from the visit and the timeline into a sealed column.
import type { Id, Phrase } from '#contracts';
import { seal } from '#registry';
import type { Sql } from '#runtime';

type Event = { position: number; text: Phrase; note: string; subject: Id };

export async function sealPlainNotes(tx: Sql): Promise<void> {
  const events = await tx.query<Event>(
    `select e.position, e.text, v.result->>'note' as note, coalesce(c.household, c.appliance) as subject
       from app.visit v join app.service_case c on c.id = v.case_id
       join app.case_event e on e.case_id = c.id and e.at = v.finished_at and e.what = v.result->>'outcome'
      where v.result->>'note' <> ''`,
  );
  for (const { position, text, note, subject } of events) {
    const withoutNote = { ...text, en: text.en.replace(note, '{note}'), zh: text.zh.replace(note, '{note}') };
    await tx.query('update app.case_event set text = $2, note_key = $3, note_sealed = $4 where position = $1', [
      position,
      JSON.stringify(withoutNote),
      subject,
      await seal(tx, subject, note),
    ]);
  }
  await tx.query("update app.visit set result = result - 'note' where result is not null");
}
