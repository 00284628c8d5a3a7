// A measured value in words: unit of the reader's choice, states as "open", "running".
import { useTranslation } from 'react-i18next';
import type { Quantity } from '#contracts';
import type { LatestValue } from '../../client/shapes.ts';
import { useSay } from '../../reader.tsx';

type State = 'open' | 'closed' | 'running' | 'resting' | 'on' | 'off' | 'yes' | 'no';

/** What true and false mean, per signal. */
const STATES: Record<string, readonly [State, State]> = {
  door_open: ['open', 'closed'],
  compressor_on: ['running', 'resting'],
  defrost_on: ['on', 'off'],
};

const AS_QUANTITY: Record<string, (value: number) => Quantity> = {
  Cel: (value) => ({ value, unit: 'Cel' }),
  W: (value) => ({ value, unit: 'W' }),
  'W.h': (value) => ({ value: value / 1000, unit: 'kW.h' }),
  '%': (value) => ({ value, unit: '%' }),
};

const SUFFIX: Record<string, string> = { 'dB[mW]': ' dBm', '/min': ' /min' };

/** Says any value of any signal; a unit without words of its own stands behind the number. */
export function useValueWords() {
  const { t } = useTranslation();
  const say = useSay();
  return ({ signal, value, unit }: Pick<LatestValue, 'signal' | 'value' | 'unit'>): string => {
    if (typeof value === 'boolean') return t(`value.${(STATES[signal] ?? ['yes', 'no'])[value ? 0 : 1]}`);
    if (typeof value === 'string') return value;
    const quantity = unit === null ? undefined : AS_QUANTITY[unit];
    if (quantity) return say.quantity(quantity(value));
    return `${say.quantity({ value, unit: '1' })}${SUFFIX[unit ?? ''] ?? ''}`;
  };
}

const NAMED_STATES = ['door_open', 'compressor_on', 'defrost_on'] as const;

/** The name to put before a value: "door: closed" rather than "door open: closed". */
export function useValueLabel() {
  const { t } = useTranslation();
  const signalWords = useSignalWords();
  return (value: LatestValue): string => {
    const named = NAMED_STATES.find((name) => name === value.signal);
    return named && typeof value.value === 'boolean' ? t(`state.${named}`) : signalWords(value);
  };
}

/** A signal's name in words; one that the catalogue does not know keeps its own name. */
export function useSignalWords() {
  const say = useSay();
  return ({ signal, words }: Pick<LatestValue, 'signal' | 'words'>) => (words ? say.phrase(words) : signal);
}
