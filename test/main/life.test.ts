import { describe, expect, it } from 'vitest';
import { startAndStop } from '../../main/threads/life.ts';

const opening = () => {
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const stack = new AsyncDisposableStack();
  const life = startAndStop(stack, async () => {
    await gate.promise;
    stack.defer(() => void said.push('closed'));
    said.push('open');
    return 'here';
  });
  return { life, gate, said };
};

describe('a thread that is stopped while it starts', () => {
  it('is open before it closes', async () => {
    const { life, gate, said } = opening();
    const started = life.start();
    const stopped = life.stop().then(() => said.push('stopped'));
    await Promise.resolve();
    gate.resolve();
    await Promise.all([started, stopped]);
    expect(said).toEqual(['open', 'closed', 'stopped']);
  });

  it('stops too when the start fails, and says so to whoever started it', async () => {
    const { life, gate, said } = opening();
    const started = life.start();
    const stopped = life.stop();
    gate.reject(new Error('no room'));
    await expect(started).rejects.toThrow('no room');
    await stopped;
    expect(said).toEqual([]);
  });

  it('stops at once when it was never started', async () => {
    await opening().life.stop();
  });
});
