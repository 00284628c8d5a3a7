// Only in a demo: the accounts to try it with.
import { z } from 'zod';
import { page, Role } from '#contracts';
import { notFound } from '../problems.ts';
import { type Routes, whole } from '../route.ts';
import { PUBLIC } from '../wall.ts';

const DemoAccount = z.object({ name: z.string(), role: Role, email: z.string(), password: z.string() });

export const demoRoutes: Routes = (app, deps) => {
  app.get(
    '/demo',
    {
      config: PUBLIC,
      schema: {
        operationId: 'listDemoAccounts',
        summary: 'Accounts of the demo; 404 on a platform that is none',
        tags: ['Account'],
        response: { 200: page(DemoAccount) },
      },
    },
    async () => {
      if (!deps.demo) throw notFound();
      return whole(deps.demo.accounts.map((account) => ({ ...account, name: account.name ?? account.role })));
    },
  );
};
