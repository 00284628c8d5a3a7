// The button below a list that has more pages.
import { useTranslation } from 'react-i18next';

type MoreProps = { of: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } };

export function More({ of: list }: MoreProps) {
  const { t } = useTranslation();
  if (!list.hasNextPage) return null;
  return (
    <div className="actions more-pages">
      <button
        type="button"
        className="button quiet"
        disabled={list.isFetchingNextPage}
        onClick={() => void list.fetchNextPage()}
      >
        {t('say.more')}
      </button>
    </div>
  );
}
