// Units as the factory made them, by the file.
import { z } from 'zod';
import { ImportQuery } from '#contracts';
import { importUnits } from '#registry';
import { fileOf, IMPORT_ANSWERS, importAnswer, LARGEST_FILE_BYTES, takesFiles, wishOf } from '../import-bodies.ts';
import type { Api, Routes } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

export const unitRoutes: Routes = (app, deps) => {
  app.register(async (scope: Api) => {
    takesFiles(scope);
    scope.post(
      '/units/import',
      {
        config: allow('import-units'),
        bodyLimit: LARGEST_FILE_BYTES,
        schema: {
          operationId: 'importUnits',
          summary:
            'Make units from a file (CSV or JSON): model, serial, batch, firmware, secret or fingerprint, claim_secret',
          tags: ['Units'],
          consumes: ['text/csv', 'application/json'],
          querystring: ImportQuery,
          body: z.unknown().describe('CSV with a header, or a JSON list of objects; at most 10,000 lines and 5 MiB'),
          response: IMPORT_ANSWERS,
        },
      },
      async (request, reply) => {
        const wish = wishOf(request.query);
        const now = deps.clock.now();
        const importing = { ...fileOf(request), wish, viewer: viewerOf(request), now, pepper: deps.pepper };
        return importAnswer(reply, await importUnits(deps.sql, importing), wish);
      },
    );
  });
};
