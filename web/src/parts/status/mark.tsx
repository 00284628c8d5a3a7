// Status as a shape: readable without colour, and always beside its word.
export type Tone = 'fine' | 'attention' | 'danger' | 'silent' | 'new';
export type Shape = Tone | 'info' | 'clock';

const STROKE = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const SHAPES: Record<Shape, React.ReactNode> = {
  fine: (
    <>
      <circle cx="8" cy="8" r="6.6" />
      <path d="m5.2 8.2 2 2 3.6-4.2" />
    </>
  ),
  attention: (
    <>
      <path d="M8 1.8 14.8 13.8H1.2Z" />
      <path d="M8 6.4v3.2M8 11.6v.1" />
    </>
  ),
  danger: (
    <>
      <path d="M5.2 1.4h5.6l3.8 3.8v5.6l-3.8 3.8H5.2l-3.8-3.8V5.2Z" />
      <path d="M8 4.6v4.2M8 11.2v.1" />
    </>
  ),
  silent: (
    <>
      <circle cx="8" cy="8" r="6.6" />
      <path d="M5 8h6" />
    </>
  ),
  new: <circle cx="8" cy="8" r="6.6" strokeDasharray="2.2 2.6" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6.6" />
      <path d="M8 7.4v3.8M8 4.8v.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6.6" />
      <path d="M8 4.4V8l2.4 1.8" />
    </>
  ),
};

export function Mark({ shape }: { shape: Shape }) {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true" {...STROKE}>
      {SHAPES[shape]}
    </svg>
  );
}

/** A word in a soft coloured pill with its shape. */
export function Pill({ tone, shape = tone, children }: { tone: Tone; shape?: Shape; children: React.ReactNode }) {
  return (
    <span className={`pill tone-${tone}`}>
      <Mark shape={shape} />
      <span>{children}</span>
    </span>
  );
}
