// Line icons of the navigation and of appliances.
const LINE = {
  className: 'icon',
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const PATHS = {
  home: 'M4 11.5 12 4l8 7.5M6.5 9.5V20h11V9.5M10 20v-5.5h4V20',
  overview: 'M4 20V10m5.3 10V4m5.4 16v-7M20 20V8',
  alerts:
    'M12 3.5a5.5 5.5 0 0 0-5.5 5.5c0 5-2.5 6.5-2.5 8h16c0-1.5-2.5-3-2.5-8A5.5 5.5 0 0 0 12 3.5ZM9.8 20.2a2.4 2.4 0 0 0 4.4 0',
  cases: 'M6 3.5h12v17H6zM9 8h6M9 12h6M9 16h3.5',
  appliances: 'M6.5 3h11v18h-11zM6.5 9.5h11M9.3 5.5v1.8M9.3 12v3.5',
  people:
    'M9 11a3.3 3.3 0 1 0 0-6.6A3.3 3.3 0 0 0 9 11ZM3 20c0-3.6 2.5-6 6-6s6 2.4 6 6M15.5 4.8a3.2 3.2 0 0 1 0 5.8M17.5 14.4c2.2.7 3.5 2.7 3.5 5.6',
  household:
    'M8.5 10.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM15.8 11a2.5 2.5 0 1 0 0-5M3.5 19.5c0-3.3 2.1-5.5 5-5.5s5 2.2 5 5.5M15.5 14.2c2.9 0 5 1.9 5 5.3',
  visits: 'M4.5 6h15v14h-15zM4.5 10h15M8.5 3.5V7m7-3.5V7M9 15l2.2 2.2L15.2 13',
  settings:
    'M4 7h9m4 0h3M4 17h3m4 0h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  rules: 'M5 4.5h14v15H5zM8.5 9l1.5 1.5L12.5 8M8.5 15l1.5 1.5 2.5-2.5M14.5 10h2M14.5 16h2',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  open: 'M9.5 5.5 16 12l-6.5 6.5',
} as const;

type IconName = keyof typeof PATHS;

/** Icons that stand for a place; the words of the navigation have the same names. */
export type PlaceName = Exclude<IconName, 'back' | 'open'>;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg aria-hidden="true" {...LINE}>
      <path d={PATHS[name]} />
    </svg>
  );
}
