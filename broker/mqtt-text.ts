// Text inside MQTT packets: what may stand in a client id, a user name or a topic [MQTT-1.5.3].
import { isUtf8 } from 'node:buffer';

const isPlain = (text: Buffer): boolean => {
  for (let i = 0; i < text.length; i++) if (text[i]! < 0x20 || text[i]! > 0x7e) return false;
  return true;
};

// Surrogates are no well-formed UTF-8. What the specification lets a server refuse is refused: control and non-characters.
const REFUSED = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

/** Why this is no text of MQTT; null when it is. */
export function textProblem(text: Buffer): string | null {
  if (isPlain(text)) return null;
  if (!isUtf8(text)) return 'is no well-formed UTF-8 [MQTT-1.5.3-1]';
  const characters = text.toString('utf8');
  if (characters.includes('\0')) return 'holds U+0000 [MQTT-1.5.3-2]';
  return REFUSED.test(characters) ? 'holds a control character or a non-character [MQTT-1.5.3]' : null;
}

const PLUS = 0x2b;
const HASH = 0x23;

/** Of a topic to publish on. */
export function topicProblem(topic: Buffer): string | null {
  if (topic.length === 0) return 'is empty [MQTT-4.7.3-1]';
  if (topic.includes(PLUS) || topic.includes(HASH)) return 'holds a wildcard [MQTT-3.3.2-2]';
  return textProblem(topic);
}

/** Of a filter to subscribe to. */
export function filterProblem(filter: Buffer): string | null {
  if (filter.length === 0) return 'is empty [MQTT-4.7.3-1]';
  const problem = textProblem(filter);
  if (problem || !(filter.includes(PLUS) || filter.includes(HASH))) return problem;
  const levels = filter.toString('utf8').split('/');
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index < levels.length - 1))
      return 'has # elsewhere than alone in the last level [MQTT-4.7.1-2]';
    if (level.includes('+') && level !== '+') return 'has + beside other characters in a level [MQTT-4.7.1-3]';
  }
  return null;
}
