// The log's writing end with the steps of accepting a message. Ticks and the like are nobody's acknowledgement.
import type { LogWriter } from '#runtime';
import { pass } from '../steps.ts';

export const steppingAppend =
  (append: LogWriter['append']): LogWriter['append'] =>
  (record, done) => {
    if (record.kind !== 'message') return append(record, done);
    pass('accept: not written yet');
    append(record, (error) => {
      if (error === null) pass('accept: written, not acknowledged');
      done(error);
      if (error === null) pass('accept: acknowledged');
    });
  };
