// The tables of every room, in the order in which they were made.
import { alertsTables } from '#alerts';
import { apiTables } from '#api';
import { brokerTables } from '#broker';
import { diagnosisTables } from '#diagnosis-rules';
import { fieldServiceTables } from '#field-service';
import { ingestTables } from '#ingest';
import { registryTables } from '#registry';

export const allTables = [
  ...registryTables,
  ...ingestTables,
  ...diagnosisTables,
  ...alertsTables,
  ...fieldServiceTables,
  ...apiTables,
  ...brokerTables,
];
