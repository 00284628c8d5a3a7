// Builds MQTT packets byte by byte, also such as no client library would.
export type Text = string | Buffer;

const bytesOf = (text: Text): Buffer => (typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
export const u16 = (number: number): Buffer => Buffer.from([number >> 8, number & 255]);
/** With its length before it. */
export const text = (value: Text): Buffer => Buffer.concat([u16(bytesOf(value).length), bytesOf(value)]);

export function lengthOf(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

export const packet = (first: number, ...body: (Buffer | number[])[]): Buffer => {
  const content = Buffer.concat(body.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([first]), lengthOf(content.length), content]);
};

/** The one appliance that the sequences speak for; the other is let in nowhere but in the open profile. */
export const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
export const OTHER = '01890a5d-ac96-774b-bcce-b302099a8058';
export const SECRET = 'a secret of the appliance';
export const UP = `v1/appliances/${ID}/telemetry`;
export const DOWN = `v1/appliances/${ID}/notices`;

export type ConnectFields = {
  first?: number;
  name?: Text;
  level?: number;
  /** Instead of those that follow from the other fields. */
  flags?: number;
  clean?: boolean;
  keepAlive?: number;
  id?: Text;
  will?: { topic: Text; payload?: Text; qos?: number; retain?: boolean } | null;
  user?: Text | null;
  password?: Text | null;
  behind?: Buffer;
};

const flagsOf = ({ clean = true, will = null, user, password }: ConnectFields): number =>
  (clean ? 2 : 0) |
  (will ? 4 | ((will.qos ?? 0) << 3) | (will.retain ? 32 : 0) : 0) |
  (password !== null ? 64 : 0) |
  (user !== null ? 128 : 0);

export function connect(fields: ConnectFields = {}): Buffer {
  const { first = 0x10, name = 'MQTT', level = 4, keepAlive = 0, id = ID, will = null, user = ID } = fields;
  const { password = SECRET, behind = Buffer.alloc(0) } = fields;
  const payload = [text(id)];
  if (will) payload.push(text(will.topic), text(will.payload ?? ''));
  if (user !== null) payload.push(text(user));
  if (password !== null) payload.push(text(password));
  return packet(first, text(name), [level, fields.flags ?? flagsOf(fields)], u16(keepAlive), ...payload, behind);
}

export const connack = (code: number, sessionPresent = false): Buffer =>
  Buffer.from([0x20, 2, sessionPresent ? 1 : 0, code]);

type Publish = { topic?: Text; payload?: Text; qos?: number; id?: number; dup?: boolean; retain?: boolean };
export const publish = ({ topic = UP, payload = 'x', qos = 0, id = 1, dup = false, retain = false }: Publish = {}) =>
  packet(
    0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    qos > 0 ? u16(id) : [],
    typeof payload === 'string' ? Buffer.from(payload) : payload,
  );

const ack = (first: number) => (id: number) => packet(first, u16(id));
export const puback = ack(0x40);
export const pubrec = ack(0x50);
export const pubrel = ack(0x62);
export const pubcomp = ack(0x70);
export const unsuback = ack(0xb0);

export const subscribe = (filters: readonly (readonly [Text, number])[], id = 7, first = 0x82): Buffer =>
  packet(first, u16(id), ...filters.map(([filter, qos]) => Buffer.concat([text(filter), Buffer.from([qos])])));
export const suback = (granted: number[], id = 7): Buffer => packet(0x90, u16(id), granted);
export const unsubscribe = (filters: readonly Text[], id = 8, first = 0xa2): Buffer =>
  packet(first, u16(id), ...filters.map(text));

export const pingreq = Buffer.from([0xc0, 0]);
export const pingresp = Buffer.from([0xd0, 0]);
export const disconnect = Buffer.from([0xe0, 0]);
