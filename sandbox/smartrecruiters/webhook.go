package smartrecruiters

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// hook is the account's subscription.
type hook struct {
	secrets []string
	post    func(http.Header, []byte)
}

// SetWebhook has every event delivered to post, with one signature for each secret;
// nil ends it.
func (s *Server) SetWebhook(post func(http.Header, []byte), secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = nil
	if post != nil {
		s.hook = &hook{secrets: secrets, post: post}
	}
}

func (s *Server) tell(event, candidate, job string) {
	if s.hook == nil {
		return
	}
	body, err := json.Marshal(map[string]string{"job_id": job, "candidate_id": candidate})
	if err != nil {
		return // two strings
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("Event-Id", s.id())
	h.Set("Event-Name", event)
	h.Set("Event-Version", "v201910")
	h.Set("Link", "<https://api.smartrecruiters.com/candidates/"+candidate+"/jobs/"+job+">; rel=self")
	h.Set("Smartrecruiters-Timestamp", strconv.FormatInt(s.opts.Now().Unix(), 10))
	h.Set("Smartrecruiters-Signature", Sign(h, body, s.hook.secrets...))
	s.hook.post(h, body)
}

// Sign gives the signature header of a delivery: a v1 for each secret.
func Sign(h http.Header, body []byte, secrets ...string) string {
	signed := h.Get("smartrecruiters-timestamp") + "." + string(body) + "." + h.Get("event-id") + "." + h.Get("event-name") + "." +
		h.Get("event-version") + "." + h.Get("link")
	var out []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(signed))
		out = append(out, "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, ";")
}
