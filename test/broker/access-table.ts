// Who may publish and subscribe what at the broker: every principal against every family of topics, written by hand.
// `y`: allowed. Columns: A an appliance, B another one, C one with a certificate, G a gateway with A behind it, H a gateway
// with D behind it, P a unit with a provisioning key, R an appliance that was revoked, N nobody.

export const PRINCIPALS = ['A', 'B', 'C', 'G', 'H', 'P', 'R', 'N'] as const;
export type PrincipalName = (typeof PRINCIPALS)[number];

/** In topics, {A} stands for the id of A, {P} for the client id of P. */
export type Row = readonly [topic: string, allowed: string];

// biome-ignore format: a table is read by its columns
export const PUBLISH: readonly Row[] = [
  //                                            A B C G H P R N
  ['v1/appliances/{A}/telemetry',              'y - - - - - - -'],
  ['v1/appliances/{A}/events',                 'y - - - - - - -'],
  ['v1/appliances/{A}/state',                  'y - - - - - - -'],
  ['v1/appliances/{B}/telemetry',              '- y - - - - - -'],
  ['v1/appliances/{C}/telemetry',              '- - y - - - - -'],
  ['v1/appliances/{D}/telemetry',              '- - - - - - - -'],
  ['v1/appliances/{R}/telemetry',              '- - - - - - - -'],
  ['v1/appliances/{G}/telemetry',              '- - - - - - - -'],
  ['v1/appliances/{A}/notices',                '- - - - - - - -'],
  ['v1/appliances/{A}/commands',               '- - - - - - - -'],
  ['v1/appliances/{A}/telemetry/more',         '- - - - - - - -'],
  ['v1/appliances/{A}/commands/{B}/result',    'y - - - - - - -'],
  ['v1/appliances/{B}/commands/{A}/result',    '- y - - - - - -'],
  ['v1/appliances/{A}/commands/mine/result',   '- - - - - - - -'],
  ['v1/appliances/{A}/commands/{B}',           '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{A}/commands/{B}/result', '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/{D}/commands/{B}/result', '- - - - - - - -'],
  ['v1/gateways/{H}/appliances/{D}/commands/{B}/result', '- - - - y - - -'],
  ['v1/appliances/+/telemetry',                '- - - - - - - -'],
  ['v1/appliances/#',                          '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{A}/telemetry', '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/{A}/events',    '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/{A}/state',     '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/{B}/telemetry', '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{D}/telemetry', '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{A}/notices',   '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/+/telemetry',   '- - - - - - - -'],
  ['v1/gateways/{G}/notices',                  '- - - - - - - -'],
  ['v1/gateways/{H}/appliances/{D}/telemetry', '- - - - y - - -'],
  ['v1/gateways/{H}/appliances/{A}/telemetry', '- - - - - - - -'],
  ['v1/provisioning/request',                  '- - - - - y - -'],
  ['v1/provisioning/{P}/answer',               '- - - - - - - -'],
  ['$SYS/broker/new/clients',                  '- - - - - - - -'],
  ['$share/g/v1/appliances/{A}/telemetry',     '- - - - - - - -'],
  ['home/kitchen/fridge',                      '- - - - - - - -'],
];

// biome-ignore format: a table is read by its columns
export const SUBSCRIBE: readonly Row[] = [
  //                                            A B C G H P R N
  ['v1/appliances/{A}/notices',                'y - - - - - - -'],
  ['v1/appliances/{A}/commands',               'y - - - - - - -'],
  ['v1/appliances/{A}/commands/{B}/result',    '- - - - - - - -'],
  ['v1/appliances/{B}/notices',                '- y - - - - - -'],
  ['v1/appliances/{C}/notices',                '- - y - - - - -'],
  ['v1/appliances/{D}/notices',                '- - - - - - - -'],
  ['v1/appliances/{G}/notices',                '- - - - - - - -'],
  ['v1/appliances/{A}/telemetry',              '- - - - - - - -'],
  ['v1/appliances/{A}/+',                      '- - - - - - - -'],
  ['v1/appliances/{A}/#',                      '- - - - - - - -'],
  ['v1/appliances/+/notices',                  '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{A}/notices',   '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/{A}/commands',  '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/+/notices',     '- - - y - - - -'],
  ['v1/gateways/{G}/appliances/+/commands',    '- - - y - - - -'],
  ['v1/gateways/{H}/appliances/{A}/commands',  '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{B}/notices',   '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/{A}/telemetry', '- - - - - - - -'],
  ['v1/gateways/{G}/appliances/+/telemetry',   '- - - - - - - -'],
  ['v1/gateways/{G}/#',                        '- - - - - - - -'],
  ['v1/gateways/{G}/+/{A}/notices',            '- - - - - - - -'],
  ['v1/gateways/+/appliances/+/notices',       '- - - - - - - -'],
  ['v1/gateways/{G}/notices',                  '- - - y - - - -'],
  ['v1/gateways/{H}/notices',                  '- - - - y - - -'],
  ['v1/gateways/{H}/appliances/+/notices',     '- - - - y - - -'],
  ['v1/gateways/{H}/appliances/{D}/notices',   '- - - - y - - -'],
  ['v1/gateways/{H}/appliances/{A}/notices',   '- - - - - - - -'],
  ['v1/provisioning/{P}/answer',               '- - - - - y - -'],
  ['v1/provisioning/another/answer',           '- - - - - - - -'],
  ['v1/provisioning/+/answer',                 '- - - - - - - -'],
  ['v1/provisioning/request',                  '- - - - - - - -'],
  ['$SYS/#',                                   '- - - - - - - -'],
  ['$share/g/v1/appliances/{A}/notices',       '- - - - - - - -'],
  ['$share/g/v1/gateways/{G}/appliances/+/notices', '- - - - - - - -'],
  ['$queue/v1/appliances/{A}/notices',         '- - - - - - - -'],
  ['+/+/+/+',                                  '- - - - - - - -'],
  ['#',                                        '- - - - - - - -'],
];

/** Whose notices each hears who has asked for everything in the table above. */
export const HEARS: Readonly<Record<PrincipalName, readonly string[]>> = {
  A: ['A'],
  B: ['B'],
  C: ['C'],
  G: ['A', 'G'],
  H: ['D', 'H'],
  P: [],
  R: [],
  N: [],
};

export const isAllowed = ([, allowed]: Row, who: PrincipalName): boolean =>
  allowed.split(' ')[PRINCIPALS.indexOf(who)] === 'y';
