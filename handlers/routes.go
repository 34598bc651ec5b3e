package handlers

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// Route is one line of the table.
type Route struct {
	Method  string // * for all
	Pattern string
	Access  Access
	handle  handler
}

// Routes is the table of everything that the hub answers. A test walks the
// router and fails for a route that is not here.
//
//nolint:funlen // one table is easier to check than its parts
func (s *Server) Routes() []Route {
	routes := []Route{
		{"GET", "/healthz", open, s.showHealth},
		{"GET", "/readyz", open, s.showReadiness},
		{"GET", "/static/*", open, s.static},
		{"GET", "/login", guests, s.showLogin},
		{"POST", "/login", guests, s.login},
		{"POST", "/logout", anyone, s.logout},

		{"GET", "/", anyone, s.showOverview},
		{"GET", "/requisitions", anyone, s.listRequisitions},
		{"GET", "/requisitions/{id}", anyone, s.showRequisition},
		{"POST", "/requisitions/{id}/revalidate", records, s.revalidateRequisition},
		{"GET", "/submissions", anyone, s.listSubmissions},
		{"GET", "/submissions/{id}", anyone, s.showSubmission},
		{"POST", "/submissions/{id}/retry", records, s.retrySubmission},

		{"GET", "/placements", anyone, s.listPlacements},
		{"GET", "/placements/{id}", anyone, s.showPlacement},
		{"POST", "/placements/approve-batch", reviewing, s.approveBatch},
		{"POST", "/placements/{id}/approve", reviewing, s.approvePlacement},
		{"POST", "/placements/{id}/send-back", reviewing, s.sendBackPlacement},
		{"POST", "/placements/{id}/correct", terms, s.correctPlacement},
		{"POST", "/placements/{id}/retry", posting, s.retryPosting},
		{"POST", "/placements/{id}/recheck", terms, s.recheckPlacement},
		{"POST", "/placements/{id}/amend", terms, s.amendPlacement},
		{"POST", "/placements/{id}/bills/{bill}/approve", reviewing, s.approveLaterBill},
		{"POST", "/placements/{id}/bills/{bill}/refuse", reviewing, s.refuseLaterBill},

		{"GET", "/failed", anyone, s.listFailures},
		{"GET", "/failed/{id}", anyone, s.showFailure},
		{"POST", "/failed/{id}/retry", records, s.retryFailure},
		{"POST", "/failed/{id}/discard", records, s.discardFailure},
		{"POST", "/failed/causes/{cause}/retry", records, s.retryCause},

		{"GET", "/connections", anyone, s.listConnections},
		{"POST", "/connections", configure, s.createConnection},
		{"GET", "/connections/new", configure, s.showNewConnection},
		{"GET", "/connections/watch", anyone, s.showWatch},
		{"GET", "/connectors", anyone, s.showConnectors},
		{"GET", "/notices", anyone, s.showNotices},
		{"POST", "/notices/digest", anyone, s.saveDigest},
		{"POST", "/notices/hooks", admins, s.addNoticeHook},
		{"POST", "/notices/hooks/{id}/try", admins, s.tryNoticeHook},
		{"POST", "/notices/hooks/{id}/drop", admins, s.dropNoticeHook},
		{"GET", "/connections/{id}", anyone, s.showConnection},
		{"POST", "/connections/{id}", configure, s.updateConnection},
		{"GET", "/connections/{id}/edit", configure, s.showConnectionForm},
		{"POST", "/connections/{id}/test", operating, s.testConnection},
		{"GET", "/connections/{id}/try", configure, s.showTry},
		{"POST", "/connections/{id}/try", configure, s.runTry},
		{"POST", "/connections/{id}/pause", operating, s.pauseConnection},
		{"POST", "/connections/{id}/resume", operating, s.resumeConnection},
		{"POST", "/connections/{id}/poll", operating, s.pollConnection},
		{"POST", "/connections/{id}/backfill", operating, s.backfillConnection},
		{"GET", "/connections/{id}/setup", configure, s.showSetup},
		{"POST", "/connections/{id}/setup/test", configure, s.testSetup},
		{"POST", "/connections/{id}/setup/secret", configure, s.makeSecret},
		{"GET", "/clients", anyone, s.listClients},
		{"POST", "/clients", configure, s.createClient},
		{"GET", "/clients/{id}", anyone, s.showClient},
		{"POST", "/clients/{id}", configure, s.updateClient},
		{"POST", "/clients/{id}/contract", contracts, s.saveContract},
		{"POST", "/clients/{id}/books", terms, s.saveBooks},
		{"POST", "/clients/{id}/orders", contracts, s.addOrder},
		{"POST", "/clients/{id}/orders/csv", contracts, s.addOrdersCSV},
		{"POST", "/clients/{id}/orders/{order}/drop", contracts, s.dropOrder},
		{"GET", "/reconciliation", anyone, s.showReconciliation},
		{"POST", "/reconciliation", contracts, s.startReconciliation},
		{"GET", "/reconciliation/csv", auditors, s.saveReconciliation},
		{"POST", "/reconciliation/periods", contracts, s.closePeriod},
		{"POST", "/reconciliation/periods/reopen", admins, s.reopenPeriod},
		{"GET", "/approvals", anyone, s.showApprovals},
		{"POST", "/approvals/limits", admins, s.setLimit},
		{"POST", "/approvals/limits/drop", admins, s.dropLimit},
		{"POST", "/approvals/delegations", contracts, s.addDelegation},
		{"POST", "/approvals/delegations/{id}/end", contracts, s.endDelegation},
		{"POST", "/connections/{id}/live", configure, s.goLive},
		{"POST", "/connections/{id}/shadow", configure, s.goShadow},

		{"GET", "/connections/{id}/profile", anyone, s.showProfileFields},
		{"GET", "/connections/{id}/profile/cell", anyone, s.showProfileCell},
		{"POST", "/connections/{id}/profile/cell", configure, s.saveProfileCell},
		{"POST", "/connections/{id}/profile/cell/remove", configure, s.removeProfileCell},
		{"GET", "/connections/{id}/profile/statuses", anyone, s.showProfileStatuses},
		{"POST", "/connections/{id}/profile/statuses", configure, s.saveProfileStatuses},
		{"POST", "/connections/{id}/profile/vocabulary", configure, s.readProfileVocabulary},
		{"POST", "/connections/{id}/profile/ignore", configure, s.ignoreProfileField},
		{"GET", "/connections/{id}/profile/rules", anyone, s.showProfileRules},
		{"GET", "/connections/{id}/profile/rule", anyone, s.showProfileRule},
		{"POST", "/connections/{id}/profile/rules", configure, s.saveProfileRule},
		{"POST", "/connections/{id}/profile/rules/remove", configure, s.removeProfileRule},
		{"GET", "/connections/{id}/profile/lists", anyone, s.showProfileLists},
		{"POST", "/connections/{id}/profile/lists", uploading, s.saveProfileList},
		{"GET", "/connections/{id}/profile/lists/{name}", anyone, s.showProfileList},
		{"POST", "/connections/{id}/profile/lists/{name}", configure, s.addListEntry},
		{"POST", "/connections/{id}/profile/lists/{name}/drop", configure, s.dropProfileList},
		{"GET", "/connections/{id}/profile/preview", anyone, s.showProfilePreview},
		{"POST", "/connections/{id}/profile/preview", configure, s.startProfilePreview},
		{"POST", "/connections/{id}/profile/publish", configure, s.publishProfile},
		{"POST", "/connections/{id}/profile/withdraw", configure, s.withdrawProfile},
		{"POST", "/connections/{id}/profile/discard", configure, s.discardDraft},
		{"GET", "/connections/{id}/profile/versions", anyone, s.showProfileVersions},
		{"POST", "/connections/{id}/profile/rollback", configure, s.rollBackProfile},
		{"GET", "/connections/{id}/profile/copy", configure, s.showProfileCopy},
		{"POST", "/connections/{id}/profile/copy", configure, s.copyProfile},
		{"POST", "/connections/{id}/profile/reprocess", configure, s.reprocessProfile},

		{"GET", "/audit", auditors, s.listAudit},
		{"GET", "/audit/export", auditors, s.exportAudit},
		{"GET", "/users", admins, s.listUsers},
		{"POST", "/users", admins, s.createUser},
		{"POST", "/users/{id}/role", admins, s.changeRole},
		{"POST", "/users/{id}/disable", admins, s.disableUser},
		{"POST", "/users/{id}/enable", admins, s.enableUser},
		{"GET", "/tokens", admins, s.listTokens},
		{"POST", "/tokens", admins, s.createToken},
		{"POST", "/tokens/{id}/revoke", admins, s.revokeToken},
		{"GET", "/help", anyone, s.showHelp},
		{"GET", "/api/docs", anyone, s.showAPIDocs},
		{"GET", "/api/openapi.yaml", open, s.showContract},
		{"GET", "/profile.schema.json", open, showProfileSchema},

		{"GET", "/events", live, s.streamEvents},
		{"GET", "/fragments/overview", live, s.showOverviewFragment},
		{"GET", "/fragments/placements", live, s.showPlacementsFragment},
		{"GET", "/fragments/failed", live, s.showFailuresFragment},
		{"GET", "/fragments/connections/{id}/feeds", live, s.showFeedsFragment},
		{"GET", "/fragments/connections/{id}/sample", live, s.showSampleFragment},
		{"GET", "/fragments/connections/{id}/preview", live, s.showPreviewFragment},
		{"GET", "/fragments/connections/{id}/vocabulary", live, s.showVocabularyFragment},

		{"POST", "/hooks/{connection_id}", signed, s.receiveWebhook},
		{"*", "/api/v1/*", bearer, plain(s.rest())},
	}
	if s.cfg.Metrics != nil {
		routes = append(routes, Route{"GET", "/metrics", open, plain(s.cfg.Metrics)})
	}
	if s.cfg.Jobs != nil {
		routes = append(routes, Route{"*", "/ops/river", admins, plain(s.cfg.Jobs)}, Route{"*", "/ops/river/*", admins, plain(s.cfg.Jobs)})
	}
	return routes
}

// handler is the form of every handler here: what it returns as an error becomes
// the answer.
type handler func(w http.ResponseWriter, r *http.Request) error

// plain makes a handler of one that answers its own errors.
func plain(h http.Handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// newRouter hangs the table into chi, each line behind the guards of its access.
func (s *Server) newRouter() chi.Router {
	r := chi.NewRouter()
	r.Use(s.identify, s.protect, s.clientAddress(), s.logRequests, s.recoverPanics, middleware.GetHead)
	for _, route := range s.Routes() {
		guarded := r.With(s.guards(route.Access)...)
		if route.Method == "*" {
			guarded.Handle(route.Pattern, s.serve(route.handle))
			continue
		}
		guarded.Method(route.Method, route.Pattern, s.serve(route.handle))
	}
	nothing := s.withSession(s.serve(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	r.NotFound(nothing.ServeHTTP)
	r.MethodNotAllowed(s.serve(func(http.ResponseWriter, *http.Request) error { return errMethod }))
	return r
}

// guards are the middlewares that an access asks for, outermost first.
func (s *Server) guards(a Access) []func(http.Handler) http.Handler {
	switch a.kind {
	case openKind, signedKind:
		return nil // nothing is read from an open one; the receiver of webhooks sets its own bounds
	case bearerKind:
		return []func(http.Handler) http.Handler{capBody(apiBody)}
	case guestKind:
		return []func(http.Handler) http.Handler{s.origin, capBody(formBody), s.withSession}
	case liveKind:
		return []func(http.Handler) http.Handler{s.withoutTouch, s.onlyPeople(a)}
	default:
		return []func(http.Handler) http.Handler{s.origin, capBody(max(a.body, formBody)), s.withSession, s.onlyPeople(a)}
	}
}
