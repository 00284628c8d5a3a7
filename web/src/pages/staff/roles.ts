// Roles that an administrator gives.
import type { Role } from '#contracts';

export const STAFF_ROLES = [
  'technician',
  'dispatcher',
  'call-agent',
  'diagnosis-engineer',
  'administrator',
  'auditor',
] as const satisfies readonly Role[];
export type StaffRole = (typeof STAFF_ROLES)[number];

export const isStaffRole = (role: Role): role is StaffRole => (STAFF_ROLES as readonly Role[]).includes(role);
