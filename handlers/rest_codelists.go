package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// ListCodeLists implements the operation of that name.
func (a restAPI) ListCodeLists(ctx context.Context, req api.ListCodeListsRequestObject) (api.ListCodeListsResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	lists, err := a.s.store.CodeLists(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.ListCodeLists200JSONResponse{Items: each(lists, codeListSummary)}, nil
}

func codeListSummary(l store.CodeList) api.CodeListSummary {
	return api.CodeListSummary{Name: l.Name, Version: l.Version, Count: l.Count, CreatedBy: l.CreatedBy, CreatedAt: l.CreatedAt.UTC()}
}

// GetCodeList implements the operation of that name.
func (a restAPI) GetCodeList(ctx context.Context, req api.GetCodeListRequestObject) (api.GetCodeListResponseObject, error) {
	entries, version, err := a.s.store.CodeList(ctx, req.ID, req.Name)
	return api.GetCodeList200JSONResponse{Name: req.Name, Version: version, Count: len(entries), Entries: entries}, err
}

// ListCodeListVersions implements the operation of that name.
func (a restAPI) ListCodeListVersions(ctx context.Context, req api.ListCodeListVersionsRequestObject) (api.ListCodeListVersionsResponseObject, error) {
	versions, err := a.s.listVersions(ctx, req.ID, req.Name)
	if err != nil {
		return nil, err
	}
	return api.ListCodeListVersions200JSONResponse{Items: each(versions, codeListSummary)}, nil
}

// GetCodeListVersion implements the operation of that name.
func (a restAPI) GetCodeListVersion(ctx context.Context, req api.GetCodeListVersionRequestObject) (api.GetCodeListVersionResponseObject, error) {
	versions, err := a.s.listVersions(ctx, req.ID, req.Name)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(versions, func(l store.CodeList) bool { return l.Version == req.Version })
	if at < 0 {
		return nil, staffing.Errorf(staffing.NotFound, "the list has no version %d; the newest is %d, and the last %d are kept", req.Version, versions[0].Version, len(versions))
	}
	entries, err := a.s.store.CodeListVersion(ctx, versions[at].ID)
	return api.GetCodeListVersion200JSONResponse{Name: req.Name, Version: req.Version, Count: len(entries), Entries: entries}, err
}

// listVersions gives the versions of a list of the connection; [staffing.NotFound]
// if there is no such list.
func (s *Server) listVersions(ctx context.Context, id uuid.UUID, name string) ([]store.CodeList, error) {
	versions, err := s.store.CodeListVersions(ctx, id, name)
	if err == nil && len(versions) == 0 {
		err = staffing.Errorf(staffing.NotFound, "there is no code list of that name")
	}
	return versions, err
}

// PutCodeList implements the operation of that name.
func (a restAPI) PutCodeList(ctx context.Context, req api.PutCodeListRequestObject) (api.PutCodeListResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	entries, err := sentList(req)
	if err != nil {
		return nil, err
	}
	version, _, err := a.s.storeList(ctx, actorOf(ctx), req.ID, req.Name, entries)
	if err != nil {
		return nil, err
	}
	return api.PutCodeList200JSONResponse{Name: req.Name, Version: version, Count: len(entries), CreatedBy: actorOf(ctx), CreatedAt: a.s.store.Now().UTC()}, nil
}

// sentList reads the entries of a request.
func sentList(req api.PutCodeListRequestObject) (map[string]string, error) {
	if req.JSONBody == nil {
		text, err := readFile(req.Body)
		if err != nil {
			return nil, err
		}
		file := readCodes(text)
		wrong := each(file.lines, func(l web.LineError) part { return part{Line: l.Line, Message: l.Text} })
		return file.entries, parts(wrong).refusal("the list", len(wrong)+file.more)
	}
	for code := range req.JSONBody.Entries {
		if code == "" || strings.TrimSpace(code) != code || utf8.RuneCountInString(code) > longCode {
			return nil, invalidField("entries", "entries: %q is no code: it has 1 to %d characters, and no blanks around them", cut(code, 60), longCode)
		}
	}
	return req.JSONBody.Entries, nil
}

// cut shortens a text for a sentence.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// DeleteCodeList implements the operation of that name.
func (a restAPI) DeleteCodeList(ctx context.Context, req api.DeleteCodeListRequestObject) (api.DeleteCodeListResponseObject, error) {
	if err := a.s.dropListBy(ctx, actorOf(ctx), codeList{req.ID, req.Name, 0}); err != nil {
		return nil, err
	}
	return api.DeleteCodeList204Response{}, nil
}
