// What a client certificate says: whom it names, and its fingerprint, by which the registry knows it.
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

export type PeerCertificate = { names: readonly string[]; fingerprint: string };

const SUBJECT_NAME = /(?:^|\n)CN=([^\n]+)/g;
const ALTERNATIVE_NAME = /(?:^|, )URI:urn:stethos:(?:appliance|gateway):([0-9a-f-]{36})(?=,|$)/g;

/** Null when the connection showed none, or one that the trusted issuers did not sign. */
export function peerCertificate(connection: Duplex): PeerCertificate | null {
  if (!(connection instanceof TLSSocket) || !connection.authorized) return null;
  const certificate = connection.getPeerX509Certificate();
  if (!certificate) return null;
  const { subject, subjectAltName = '', fingerprint256 } = certificate;
  const names = [...subject.matchAll(SUBJECT_NAME), ...(subjectAltName ?? '').matchAll(ALTERNATIVE_NAME)];
  return {
    names: names.map((match) => match[1]!),
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** It showed a certificate, and nobody whom we trust signed it. */
export const showsForeignCertificate = (connection: TLSSocket): boolean =>
  !connection.authorized && connection.getPeerX509Certificate() !== undefined;
