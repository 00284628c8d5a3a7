// A model of how consumers share a partition: small enough to look at every state that any order of steps, kills and
// expired leases can lead to. A step of the model is what happens at once in the code: one statement, one transaction,
// one write. A kill may stand between any two of them.

export type Rules = {
  /** A commit counts only under the newest epoch. */
  epochGuards: boolean;
  /** An outside write begins only under a lease that outlasts it, so a lease never ends while a write is under way. */
  leaseOutlastsWrites: boolean;
  /** The log is kept from the last snapshot on, not from the last commit. */
  keptFromSnapshot: boolean;
};
export const OURS: Rules = { epochGuards: true, leaseOutlastsWrites: true, keptFromSnapshot: true };

const RECORDS = 3;
const KILLS = 2;
const EXPIRIES = 2;

type Phase = 'idle' | 'holding' | 'following' | 'evaluated' | 'writing' | 'written';
/** `memory`: how far it has judged; `epoch` and `committed` as they were when it took the partition. */
type Worker = { phase: Phase; epoch: number; memory: number; committed: number; judged: number | null };

export type State = {
  appended: number;
  trimmedTo: number;
  row: { epoch: number; leased: boolean; position: number; keptFrom: number };
  snapshot: number;
  /** Rows of findings in the order of their commits: each record of the log leads to one. */
  findings: readonly number[];
  /** An outside store without transactions: the newest write of one reading that every record says again. */
  stored: number;
  /** A write whose process was killed, and that may land all the same; not later than its time-out. */
  flying: number | null;
  /** The store went back to an older value, for good. */
  wentBack: boolean;
  delivered: readonly number[];
  workers: readonly [Worker, Worker];
  kills: number;
  expiries: number;
};

const idle: Worker = { phase: 'idle', epoch: 0, memory: 0, committed: 0, judged: null };
export const START: State = {
  appended: 0,
  trimmedTo: 0,
  row: { epoch: 0, leased: false, position: 0, keptFrom: 0 },
  snapshot: 0,
  findings: [],
  stored: -1,
  flying: null,
  wentBack: false,
  delivered: [],
  workers: [idle, idle],
  kills: KILLS,
  expiries: EXPIRIES,
};

export type Step = { name: string; fault: boolean; next: State };

const worker = (state: State, index: 0 | 1, change: Partial<Worker>): State['workers'] =>
  state.workers.map((each, at) => (at === index ? { ...each, ...change } : each)) as unknown as State['workers'];

/** Of two values of one reading the later in the log counts. An older one that lands behind a committed one stays for good. */
const landed = (state: State, record: number): Pick<State, 'stored' | 'wentBack'> => ({
  stored: record,
  wentBack: state.wentBack || record < state.row.position - 1,
});

function stepsOf(state: State, index: 0 | 1, rules: Rules): Step[] {
  const me = state.workers[index];
  const { row } = state;
  const mine = row.epoch === me.epoch;
  const steps: Step[] = [];
  const add = (name: string, next: Partial<State>): void =>
    void steps.push({ name: `${name} ${index}`, fault: name === 'is killed', next: { ...state, ...next } });
  const lost = (): void => add('is refused', { workers: worker(state, index, idle) });

  if (me.phase === 'idle' && !row.leased) {
    const epoch = row.epoch + 1;
    const taken: Partial<Worker> = { phase: 'holding', epoch, committed: row.position };
    add('takes', { row: { ...row, epoch, leased: true }, workers: worker(state, index, taken) });
  }
  if (me.phase === 'holding') {
    // What was trimmed away cannot be replayed: it goes on at the oldest record kept.
    const memory = Math.max(state.snapshot, state.trimmedTo);
    add('loads the snapshot', { workers: worker(state, index, { phase: 'following', memory }) });
  }
  if (me.phase === 'following' && me.memory < state.appended) {
    const judged = me.memory >= me.committed ? me.memory : null;
    const next: Partial<Worker> = { phase: judged === null ? 'following' : 'evaluated', memory: me.memory + 1, judged };
    add('judges', { workers: worker(state, index, next) });
  }
  if (me.phase === 'evaluated') {
    // The readings worker: first the outside write, then the row.
    if (!rules.leaseOutlastsWrites || (mine && row.leased))
      add('begins to write', { workers: worker(state, index, { phase: 'writing' }) });
    else if (!mine) lost();
    else add('renews', { row: { ...row, leased: true } });
  }
  if (me.phase === 'writing') {
    add('write lands', { ...landed(state, me.judged!), workers: worker(state, index, { phase: 'written' }) });
  }
  if (me.phase === 'written') {
    if (!rules.epochGuards || mine) {
      const position = me.memory;
      const keptFrom = rules.keptFromSnapshot ? row.keptFrom : position;
      add('commits', {
        row: { ...row, position, keptFrom, leased: mine ? true : row.leased },
        findings: [...state.findings, me.judged!],
        workers: worker(state, index, { phase: 'following', committed: position, judged: null }),
      });
    } else lost();
  }
  if (me.phase === 'following' && me.memory === row.position && me.memory > state.snapshot) {
    if (!rules.epochGuards || mine) {
      const keptFrom = Math.max(row.keptFrom, me.memory);
      add('leaves a snapshot', { snapshot: me.memory, row: { ...row, keptFrom, leased: mine ? true : row.leased } });
    } else lost();
  }
  if (me.phase !== 'idle' && state.kills > 0)
    add('is killed', {
      kills: state.kills - 1,
      workers: worker(state, index, idle),
      ...(me.phase === 'writing' && { flying: me.judged }),
    });
  return steps;
}

/** Everything that may happen next. */
export function stepsFrom(state: State, rules: Rules): Step[] {
  const { row, workers } = state;
  const steps = [...stepsOf(state, 0, rules), ...stepsOf(state, 1, rules)];
  const add = (name: string, next: Partial<State>, fault = false): void =>
    void steps.push({ name, fault, next: { ...state, ...next } });
  if (state.appended < RECORDS) add('append', { appended: state.appended + 1 });
  if (state.trimmedTo < row.keptFrom) add('trim', { trimmedTo: row.keptFrom });
  if (state.flying !== null) add('write of a dead one lands', { ...landed(state, state.flying), flying: null });
  // A wake-up that is lost changes nothing: the sweep comes anyway, and takes rows that nobody took.
  const waiting = state.findings.slice(state.delivered.length);
  if (waiting.length > 0) add('sweep', { delivered: [...state.delivered, waiting[0]!] });
  const owner = workers.find(({ epoch, phase }) => epoch === row.epoch && phase !== 'idle');
  const writing = rules.leaseOutlastsWrites && owner?.phase === 'writing';
  // The lease of a process that is dead ends by itself; that of a live one when it was slow to renew.
  if (row.leased && !owner) {
    const flying = rules.leaseOutlastsWrites ? null : state.flying;
    add('lease of a dead one ends', { row: { ...row, leased: false }, flying });
  }
  if (row.leased && owner && !writing && state.expiries > 0)
    add('lease ends', { expiries: state.expiries - 1, row: { ...row, leased: false } }, true);
  return steps;
}

/** What is wrong with a state, whatever happens next; null when nothing is. */
export function violation(state: State): string | null {
  const { findings, row, delivered } = state;
  if (findings.some((record, index) => record !== index)) return 'a finding is doubled, lost or out of order';
  if (findings.length !== row.position) return 'the position and the findings do not fit together';
  if (state.snapshot > row.position) return 'a snapshot is ahead of what was committed';
  if (state.trimmedTo > state.snapshot) return 'the log was trimmed of what the next owner needs';
  if (new Set(delivered).size !== delivered.length) return 'a finding was delivered twice';
  if (state.wentBack) return 'the store went back to an older value';
  return null;
}

/** When nothing can happen any more but faults, everything must be done. */
export function undone(state: State): string | null {
  if (state.row.position !== RECORDS) return 'records were never committed';
  if (state.delivered.length !== RECORDS) return 'findings were never delivered';
  if (state.stored !== RECORDS - 1) return 'the store does not hold the newest value';
  return null;
}
