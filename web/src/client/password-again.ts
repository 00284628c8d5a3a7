// What cannot be undone asks for the password again: requests wait here while the dialog is open.

/** Resolves true when the password was given. */
type Asker = () => Promise<boolean>;
let asker: Asker | null = null;

/** The dialog of the page takes the questions; null when it leaves. */
export function answerPasswordAgain(next: Asker | null): void {
  asker = next;
}

/** False when it was declined, or no dialog is there. */
export const askPasswordAgain = (): Promise<boolean> => asker?.() ?? Promise.resolve(false);
