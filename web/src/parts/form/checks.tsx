// Several of a few: boxes to tick.
type ChecksProps<T extends string> = {
  label: string;
  chosen: readonly T[];
  choices: readonly { value: T; words: string }[];
  onChosen: (chosen: T[]) => void;
};

export function Checks<T extends string>({ label, chosen, choices, onChosen }: ChecksProps<T>) {
  const toggle = (value: T, on: boolean) =>
    onChosen(on ? [...chosen, value] : chosen.filter((other) => other !== value));
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {choices.map(({ value, words }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) => toggle(value, event.target.checked)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
