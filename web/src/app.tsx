// Who is there decides what is shown: the door for visitors, the pages of their role for people.
import { useEffect } from 'react';
import { Route, Switch } from 'wouter';
import { useLive } from './client/live.ts';
import { useMe } from './client/queries.ts';
import { LogInPage } from './pages/door/log-in.tsx';
import { SetUpPage } from './pages/door/set-up.tsx';
import { Pages } from './pages/routes.tsx';
import { Shell } from './parts/shell/shell.tsx';
import { Loaded } from './parts/status/loaded.tsx';
import { ReaderProvider } from './reader.tsx';
import { speak } from './words/i18n.ts';

export function App() {
  const me = useMe();
  const person = me.data ?? null;
  const live = useLive(person !== null);
  const language = person?.language;

  useEffect(() => {
    if (language) speak(language);
  }, [language]);

  return (
    <ReaderProvider person={person}>
      <Loaded from={me}>
        {() =>
          person ? (
            <Shell person={person} live={live}>
              <Pages person={person} />
            </Shell>
          ) : (
            <Switch>
              <Route path="/setup" component={SetUpPage} />
              {/* Every other path asks to log in and is opened afterwards: links in messages keep working. */}
              <Route component={LogInPage} />
            </Switch>
          )
        }
      </Loaded>
    </ReaderProvider>
  );
}
