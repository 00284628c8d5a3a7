// A text file from this device.
import { useId } from 'react';

export function FileField({ label, onText }: { label: string; onText: (text: string) => void }) {
  const id = useId();
  const read = async (file: File | undefined) => {
    if (file) onText(await file.text());
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="file" accept=".csv,text/csv" onChange={(event) => void read(event.target.files?.[0])} />
    </div>
  );
}
