package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const probeTime = 2 * time.Second // for each probe of /readyz

// showHealth says that the process answers, whatever else is broken.
func (s *Server) showHealth(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool          `json:"ready"`
	Probes []probeResult `json:"probes"`
}

type probeResult struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
	MS      int64  `json:"ms"`
}

// showReadiness runs all probes at once; 503 says that one failed.
func (s *Server) showReadiness(w http.ResponseWriter, r *http.Request) error {
	answer := readiness{Ready: true, Probes: make([]probeResult, len(s.cfg.Probes))}
	done := make(chan struct{})
	for i, p := range s.cfg.Probes {
		go func() {
			answer.Probes[i] = p.run(r.Context())
			done <- struct{}{}
		}()
	}
	for range s.cfg.Probes {
		<-done
	}
	status := http.StatusOK
	for _, p := range answer.Probes {
		if !p.OK {
			answer.Ready, status = false, http.StatusServiceUnavailable
		}
	}
	return writeJSON(w, status, answer)
}

// run bounds the probe, also one that does not obey its context.
func (p Probe) run(ctx context.Context) probeResult {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- p.Check(ctx) }()
	var err error
	select {
	case err = <-result:
	case <-ctx.Done():
		err = staffing.Errorf(staffing.Unavailable, "it did not answer in time")
	}
	out := probeResult{Name: p.Name, OK: err == nil, MS: time.Since(began).Milliseconds()}
	if err != nil {
		out.Problem = staffing.MessageOf(err)
	}
	return out
}
