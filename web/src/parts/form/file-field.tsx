// A text file from this device.
import { useId } from 'react';

type FileFieldProps = { label: string; accept?: string; onText: (text: string) => void };

export function FileField({ label, accept = '.csv,text/csv', onText }: FileFieldProps) {
  const id = useId();
  const read = async (file: File | undefined) => {
    if (file) onText(await file.text());
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="file" accept={accept} onChange={(event) => void read(event.target.files?.[0])} />
    </div>
  );
}
