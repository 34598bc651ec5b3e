package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// mostNotices is how many the page shows.
const mostNotices = 200

// showNotices lists what people are told of, and how they are told.
func (s *Server) showNotices(w http.ResponseWriter, r *http.Request) error {
	return s.renderNotices(w, r, http.StatusOK, web.NoticeForm{Kinds: store.NoticeKinds()})
}

func (s *Server) renderNotices(w http.ResponseWriter, r *http.Request, status int, form web.NoticeForm) error {
	ctx := r.Context()
	open, err := s.store.Notices(ctx, mostNotices)
	if err != nil {
		return err
	}
	hooks, err := s.store.NoticeHooks(ctx)
	if err != nil {
		return err
	}
	v := web.NoticesView{Form: form, Digest: viewer(r).Digest, Mail: s.cfg.Mail, AllKinds: store.NoticeKinds()}
	for _, n := range open {
		v.Rows = append(v.Rows, web.NoticeRow{Kind: n.Kind, Words: n.Words, Since: n.Since, URL: "/placements/" + n.SubjectID.String()})
	}
	for _, h := range hooks {
		v.Hooks = append(v.Hooks, web.NoticeHook{ID: h.ID.String(), URL: h.URL, Kinds: h.Kinds, SentAt: value(h.SentAt), Error: sentence(h.Error)})
	}
	if v.Page, err = s.page(r, web.NavPlacements, "Notices"); err != nil {
		return err
	}
	return s.render(w, r, status, web.NoticesPage(v))
}

// saveDigest says how often the viewer wants mail.
func (s *Server) saveDigest(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	digest := formText(r, "digest")
	if !slices.Contains([]string{"off", "hourly", "daily"}, digest) {
		return staffing.Errorf(staffing.Invalid, "a digest comes off, hourly or daily, not %q", digest)
	}
	if err := s.store.SetDigest(r.Context(), viewer(r).ID, digest); err != nil {
		return err
	}
	return s.done(w, r, "/notices", "Saved.")
}

// addNoticeHook adds an address that takes notices, and shows its secret once.
func (s *Server) addNoticeHook(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	f := web.NoticeForm{URL: formText(r, "url"), Kinds: r.PostForm["kind"]}
	if f.Error = checkNoticeHook(f); f.Error != "" {
		return s.renderNotices(w, r, http.StatusUnprocessableEntity, f)
	}
	secret, by := stdhooks.NewSecret(), viewer(r).Email
	ctx := r.Context()
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		h, err := tx.InsertNoticeHook(ctx, store.NoticeHook{URL: f.URL, Kinds: f.Kinds, CreatedBy: by}, secret)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, by, "notice_hook.added", "notice_hook", h.ID.String(), map[string]any{"url": f.URL, "kinds": f.Kinds})
	})
	if staffing.CodeOf(err) == staffing.Conflict {
		f.Error = "Notices go to this address already."
		return s.renderNotices(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return s.renderNotices(w, r, http.StatusOK, web.NoticeForm{Kinds: store.NoticeKinds(), Secret: secret, SecretOf: f.URL})
}

func checkNoticeHook(f web.NoticeForm) string {
	u, err := url.Parse(f.URL)
	switch {
	case err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil:
		return "The address must be a plain https address, such as https://example.com/hooks."
	case len(f.Kinds) == 0:
		return "Choose at least one kind of notice."
	}
	for _, k := range f.Kinds {
		if !slices.Contains(store.NoticeKinds(), k) {
			return "There is no such kind of notice."
		}
	}
	return ""
}

// tryNoticeHook sends a ping and says what came back.
func (s *Server) tryNoticeHook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.noticeHook(r)
	if err != nil {
		return err
	}
	if s.cfg.Notices == nil {
		return staffing.Errorf(staffing.Unavailable, "this process cannot try addresses")
	}
	ctx, cancel := context.WithTimeout(r.Context(), testTime)
	defer cancel()
	if err := s.cfg.Notices.TryNoticeHook(ctx, hook); err != nil {
		return s.renderNotices(w, r, http.StatusUnprocessableEntity, web.NoticeForm{Kinds: store.NoticeKinds(), Error: "The address did not take the ping. " + sentence(staffing.MessageOf(err))})
	}
	return s.done(w, r, "/notices", "The address took the ping.")
}

// dropNoticeHook removes an address.
func (s *Server) dropNoticeHook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.noticeHook(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), viewer(r).Email
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DropNoticeHook(ctx, hook.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, by, "notice_hook.removed", "notice_hook", hook.ID.String(), map[string]any{"url": hook.URL})
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/notices", "No notices go there any more.")
}

func (s *Server) noticeHook(r *http.Request) (store.NoticeHook, error) {
	id, err := pathID(r)
	if err != nil {
		return store.NoticeHook{}, err
	}
	list, err := s.store.NoticeHooks(r.Context())
	if err != nil {
		return store.NoticeHook{}, err
	}
	if i := slices.IndexFunc(list, func(h store.NoticeHook) bool { return h.ID == id }); i >= 0 {
		return list[i], nil
	}
	return store.NoticeHook{}, staffing.Errorf(staffing.NotFound, "there is no such address")
}
