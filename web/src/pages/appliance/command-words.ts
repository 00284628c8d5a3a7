// The values that a command takes, in the reader's words and units.
import type { Command, CommandParameter, ModelCommand } from '#contracts';
import { useSay } from '../../reader.tsx';

type Value = number | string;

/** One value as it is read, e.g. "4.5 °C", "Light". */
export function useParameterValue() {
  const say = useSay();
  return (parameter: CommandParameter | undefined, value: Value): string => {
    if (parameter?.type === 'choice') {
      const choice = parameter.choices.find((one) => one.value === value);
      return choice ? say.phrase(choice.name) : String(value);
    }
    if (typeof value === 'string') return value;
    return parameter?.unit ? say.quantity({ value, unit: parameter.unit }) : say.number(value);
  };
}

/** All values of a command in one line; empty when it takes none. */
export function useParameterWords(known: readonly ModelCommand[]) {
  const valueWords = useParameterValue();
  return ({ kind, parameters }: Command): string => {
    const takes = known.find((command) => command.kind === kind)?.parameters ?? {};
    return Object.entries(parameters)
      .map(([name, value]) => valueWords(takes[name], value))
      .join(', ');
  };
}

/** From the least to the most, step by step. */
export function stepsOf({ min, max, step }: Extract<CommandParameter, { type: 'number' }>): number[] {
  const count = Math.floor((max - min) / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((min + index * step).toFixed(6)));
}
