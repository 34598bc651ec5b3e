// Package successfactors simulates a client's SAP SuccessFactors tenant: tokens for
// signed SAML assertions, OData v2 with server-side paging, dates of the wire, upserts
// that answer 200 whatever became of them, and metadata. It answers what SAP's pages
// say, and is stricter where they are silent: an unknown property, parameter or filter
// is refused, so that a wrong request cannot pass here.
package successfactors

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are the tenant's settings. The zero value takes no assertion, because no
// certificate is registered.
type Options struct {
	Key      *rsa.PublicKey // of the registered certificate
	APIKey   string         // default "c2FuZGJveC1hcGkta2V5"
	Company  string         // default "SANDBOX"
	User     string         // default "tributary_api"
	PageSize int            // default 1,000
	Required string         // a field that the template of Candidate requires; CandidateLight does not
	// MutualTLS says that the caller's certificate is enough.
	MutualTLS bool
	Now       func() time.Time // default time.Now
}

type object = map[string]any

// Server is one tenant. It is an http.Handler for /oauth/token and /odata/v2/.
type Server struct {
	opts    Options
	mu      sync.Mutex
	rows    map[string][]object // by entity, in the order of ids
	next    int64
	tokens  map[string]time.Time
	resumes map[int64][]byte // by application
	blocked bool
	refused string // a page token that is no longer good
	hidden  string // an application that the next list does not show
}

// New makes a tenant with its statuses and nothing else.
func New(opts Options) *Server {
	for _, d := range []struct {
		to  *string
		def string
	}{{&opts.APIKey, "c2FuZGJveC1hcGkta2V5"}, {&opts.Company, "SANDBOX"}, {&opts.User, "tributary_api"}} {
		if *d.to == "" {
			*d.to = d.def
		}
	}
	if opts.PageSize == 0 {
		opts.PageSize = 1000
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Server{opts: opts, rows: map[string][]object{}, next: 1233, tokens: map[string]time.Time{}, resumes: map[int64][]byte{}}
	for i, name := range []string{"New Application", "Interview", "Offer Extended", "Hired", "Not Selected", "Declined By Candidate"} {
		s.rows["JobApplicationStatus"] = append(s.rows["JobApplicationStatus"], object{"appStatusId": int64(i + 1), "appStatusName": name})
	}
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.URL.Path == "/oauth/token" && r.Method == http.MethodPost {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/odata/v2/")
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	proven := s.opts.MutualTLS && r.TLS != nil && len(r.TLS.VerifiedChains) > 0
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "COE0021", "Invalid resource")
	case !proven && (!bearer || !s.tokens[token].After(s.opts.Now())):
		refuse(w, http.StatusUnauthorized, "LGN0022", "[LGN0022]Authentication credentials are required")
	case s.blocked:
		refuse(w, http.StatusBadRequest, "COE_SNAPSHOT_BAD_REQUEST", "We have temporarily blocked the snapshot pagination request from companyUser")
	default:
		s.route(w, r, path)
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<18)
	err := r.ParseForm()
	f := r.PostForm
	switch {
	case err != nil, f.Get("grant_type") != "urn:ietf:params:oauth:grant-type:saml2-bearer", f.Get("company_id") != s.opts.Company, f.Get("client_id") != s.opts.APIKey:
		err = fmt.Errorf("company, API key or grant type is wrong")
	default:
		err = s.verify(f.Get("assertion"), "http://"+r.Host+"/oauth/token")
	}
	if err != nil {
		answer(w, http.StatusUnauthorized, object{"errorHttpCode": "401", "errorMessage": "Unable to authenticate the client (" + err.Error() + ")"})
		return
	}
	s.next++
	t := fmt.Sprintf("sandbox-access-token-%d", s.next)
	s.tokens[t] = s.opts.Now().Add(24 * time.Hour)
	answer(w, http.StatusOK, object{"access_token": t, "token_type": "Bearer", "expires_in": 86400})
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	entity, rest, keyed := strings.Cut(path, "(")
	get := r.Method == http.MethodGet
	switch {
	case r.Method == http.MethodPost && path == "upsert":
		s.upsert(w, r)
	case get && path == "JobRequisition/$metadata":
		w.Header().Set("Content-Type", "application/xml;charset=utf-8")
		_, _ = w.Write([]byte(metadata)) // the caller is gone: nobody to tell
	case get && properties()[entity] != nil && !keyed:
		s.list(w, r, entity)
	case get && properties()[entity] != nil:
		s.show(w, r, entity, strings.TrimSuffix(strings.TrimSuffix(rest, ")"), "L"))
	default:
		refuse(w, http.StatusNotFound, "COE0021", "Invalid resource "+path)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, object{"error": object{"code": code, "message": object{"lang": "en-US", "value": message}}})
}

const metadata = `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" xmlns:sap="http://www.successfactors.com/edm/sap">
<edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="SFOData" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
<EntityType Name="JobRequisition"><Key><PropertyRef Name="jobReqId"/></Key>
<Property Name="jobReqId" Type="Edm.Int64" Nullable="false" sap:required="true" sap:label="Req Id"/>
<Property Name="numberOpenings" Type="Edm.Int64" sap:label="Number of Openings"/>
<Property Name="jobStartDate" Type="Edm.DateTime" sap:label="Start Date"/>
<Property Name="cust_billRate" Type="Edm.Decimal" sap:label="Bill Rate"/>
<Property Name="cust_poNumber" Type="Edm.String" sap:label="Purchase Order"/>
</EntityType></Schema></edmx:DataServices></edmx:Edmx>`
