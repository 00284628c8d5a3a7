// Shares and means that have no value rather than a wrong one.

export const share = (part: number, of: number): number => (of === 0 ? Number.NaN : part / of);

export const mean = (numbers: readonly number[]): number =>
  share(
    numbers.reduce((sum, n) => sum + n, 0),
    numbers.length,
  );

export const macro = (numbers: readonly number[]): number => mean(numbers.filter((n) => !Number.isNaN(n)));
