// Passwords at rest: argon2id as a PHC string, so that the parameters can be raised later without breaking old ones.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

type Cost = { memory: number; passes: number; parallelism: number };
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

async function derive(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
  return argon2Async('argon2id', { message: password.normalize('NFKC'), nonce, tagLength: 32, ...cost });
}

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive(password, nonce, COST);
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${plain(nonce)}$${plain(tag)}`;
}

/** Takes the same time for a person who does not exist (`hash` null), so that nobody learns who does. */
export async function passwordFits(password: string, hash: string | null): Promise<boolean> {
  const match = PHC.exec(hash ?? '');
  if (!match) {
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const tag = await derive(password, Buffer.from(match[4]!, 'base64'), { memory, passes, parallelism });
  return timingSafeEqual(tag, Buffer.from(match[5]!, 'base64'));
}
