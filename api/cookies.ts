// The session cookie.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_ABSOLUTE_MS } from '#registry';

export const COOKIE = 'stethos_session';

/** Over https the browser sends it over https only. */
export const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');

export const sessionToken = (request: FastifyRequest): string | null => request.cookies[COOKIE] ?? null;

export function giveSession(reply: FastifyReply, token: string, publicUrl: string): void {
  reply.setCookie(COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(publicUrl),
    maxAge: SESSION_ABSOLUTE_MS / 1000,
  });
}

export const takeSession = (reply: FastifyReply): FastifyReply => reply.clearCookie(COOKIE, { path: '/' });
