package jobs

import (
	"context"
	"slices"

	"github.com/tributary-hub/tributary/store"
)

// addFeeds makes due what a connection can be read for since its settings changed:
// a document that gained statuses is read for them from now on. A connection that
// was not adopted has no feeds, and gets none. A feed that the connector can no
// longer give stays, and says so when it is read.
func (s *Systems) addFeeds(ctx context.Context, sys *System) error {
	have, err := s.store.Feeds(ctx, sys.Connection.ID)
	if err != nil || len(have) == 0 {
		return err
	}
	for _, feed := range feedsOf(sys.Connector) {
		if slices.ContainsFunc(have, func(f store.Feed) bool { return f.Feed == feed }) {
			continue
		}
		every := defaultCadence
		if sys.Program != nil {
			if says, ok := sys.Program.Poll(feed); ok {
				every = says
			}
		}
		if err := s.store.UpsertFeed(ctx, sys.Connection.ID, feed, every); err != nil {
			return err
		}
	}
	return nil
}
