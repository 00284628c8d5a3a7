// The database's clock, as SQL: whatever several processes count together, they count by the same clock.
/** Epoch ms at this moment, also within a transaction. */
export const DATABASE_NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
