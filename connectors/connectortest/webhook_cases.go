package connectortest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

func webhookCases() []testCase {
	with := func(f func(*bench, staffing.WebhookReceiver)) func(*suite) {
		return func(s *suite) {
			b := s.bench(openOptions{})
			hooks, ok := b.open().(staffing.WebhookReceiver)
			if !ok {
				b.Fatalf("the connector receives no webhooks")
			}
			f(b, hooks)
		}
	}
	return []testCase{
		{"webhook: a signed delivery is accepted and read", with(hookAccepted)},
		{"webhook: a changed body is refused", with(hookBody)},
		{"webhook: a missing, empty, shortened or changed signature is refused", with(hookHeaders)},
		{"webhook: another secret, or none, refuses everything", with(hookSecrets)},
		{"webhook: an old delivery is refused when the time is signed", with(hookOld)},
		{"webhook: the same delivery has the same id, another has another", with(hookIDs)},
		{"webhook: garbage is refused, and never a panic", with(hookGarbage)},
	}
}

// verify runs Verify, and gives its error.
func (b *bench) verify(what string, hooks staffing.WebhookReceiver, h http.Header, body []byte, at time.Time) error {
	b.Helper()
	return b.within(quick, what, func(context.Context) error { return hooks.Verify(h, body, at) })
}

func (b *bench) refuses(what string, hooks staffing.WebhookReceiver, h http.Header, body []byte, at time.Time) {
	b.Helper()
	b.coded(what, b.verify(what, hooks, h, body, at), staffing.Unauthorized)
}

func hookAccepted(b *bench, hooks staffing.WebhookReceiver) {
	h, body := b.vendor.Webhook()
	now := time.Now()
	if err := b.verify("Verify", hooks, h, body, now); err != nil {
		b.Errorf("a valid delivery is refused: %v", err)
	}
	if err := b.verify("Verify", hooks, h, body, now.Add(30*time.Second)); err != nil {
		b.Errorf("a delivery that was half a minute under way is refused: %v", err)
	}
	err := b.within(quick, "Events", func(context.Context) error { _, err := hooks.Events(h, body); return err })
	if err != nil {
		b.Errorf("a valid delivery cannot be read: %v", err)
	}
}

func hookBody(b *bench, hooks staffing.WebhookReceiver) {
	if b.vendor.UnsignedBody {
		return
	}
	h, body := b.vendor.Webhook()
	if b.vendor.Forged != nil {
		for _, forged := range b.vendor.Forged(body) {
			b.refuses("a delivery with a broken proof", hooks, h, forged, time.Now())
		}
		return
	}
	for _, at := range []int{0, len(body) / 3, len(body) / 2, len(body) - 1} {
		forged := slices.Clone(body)
		forged[at] ^= 1
		b.refuses("a delivery with one flipped bit", hooks, h, forged, time.Now())
	}
	b.refuses("a delivery with a byte more", hooks, h, append(slices.Clone(body), ' '), time.Now())
	b.refuses("a delivery with a byte less", hooks, h, body[:len(body)-1], time.Now())
	b.refuses("a delivery without a body", hooks, h, nil, time.Now())
}

func hookHeaders(b *bench, hooks staffing.WebhookReceiver) {
	if b.vendor.Forged != nil {
		return // no header proves anything: hookBody breaks the proof
	}
	h, body := b.vendor.Webhook()
	b.refuses("a delivery without headers", hooks, http.Header{}, body, time.Now())
	proof := 0
	for name := range h {
		b.dropped(hooks, h, body, name)
		bare := h.Clone()
		bare.Del(name)
		delete(bare, name)
		if err := b.verify("Verify", hooks, bare, body, time.Now()); err == nil {
			continue // the header proves nothing
		}
		proof++
		b.refuses("a delivery without "+name, hooks, bare, body, time.Now())
		for what, value := range forgeries(h[name][0]) {
			forged := h.Clone()
			forged[name] = []string{value}
			b.refuses("a delivery with "+name+" "+what, hooks, forged, body, time.Now())
		}
	}
	if proof == 0 {
		b.Errorf("every single header can be left out, so nothing proves the delivery")
	}
}

// dropped refuses a forger who changes the body and weakens one header: whatever
// that header is, the rest cannot vouch for another body.
func (b *bench) dropped(hooks staffing.WebhookReceiver, h http.Header, body []byte, name string) {
	b.Helper()
	if b.vendor.UnsignedBody {
		return
	}
	other := append(slices.Clone(body), ' ')
	weak := h.Clone()
	delete(weak, name)
	b.refuses("a changed delivery without "+name, hooks, weak, other, time.Now())
	for _, value := range []string{"", h[name][0][:len(h[name][0])/2]} {
		weak[name] = []string{value}
		b.refuses("a changed delivery with a shortened "+name, hooks, weak, other, time.Now())
	}
}

// forgeries are values that are not v, and no other spelling of it.
func forgeries(v string) map[string]string {
	out := map[string]string{"empty": "", "cut in half": v[:len(v)/2], "cut by one": v[:max(0, len(v)-1)], "written twice": v + v}
	if strings.HasSuffix(v, "=") { // base64 without its padding may pass
		delete(out, "cut by one")
	}
	for i := range len(v) {
		if v[i] > ' ' && v[i] != '=' {
			out["changed in one place"] = v[:i] + string(another(v[i])) + v[i+1:]
			break
		}
	}
	for i := len(v) - 1; i >= 0; i-- {
		if v[i] > ' ' && v[i] != '=' {
			out["changed at its end"] = v[:i] + string(another(v[i])) + v[i+1:]
			break
		}
	}
	mid := len(v) / 2
	out["changed in the middle"] = v[:mid] + string(another(v[mid])) + v[mid+1:]
	return out
}

// another gives a character that differs from c as a hex digit and in the high
// bits of a base64 digit.
func another(c byte) byte {
	if c >= 'A' && c <= 'D' || c == 'a' {
		return '9'
	}
	return 'A'
}

func hookSecrets(b *bench, hooks staffing.WebhookReceiver) {
	h, body := b.vendor.Webhook()
	found := false
	for _, f := range b.kind.Spec {
		if !f.Secret || b.settings[f.Key] == "" {
			continue
		}
		other, ok := b.reopen(f.Key, replaceMiddle(b.settings[f.Key]))
		if !ok || b.verify("Verify", other, h, body, time.Now()) == nil {
			continue // not the secret of the webhook, or no longer one
		}
		found = true
		b.refuses("a delivery signed with another secret", other, h, body, time.Now())
		if none, ok := b.reopen(f.Key, ""); ok && !f.Required {
			b.refuses("a delivery to a connection without "+f.Key, none, h, body, time.Now())
			b.refuses("an unsigned delivery to a connection without "+f.Key, none, http.Header{}, body, time.Now())
		}
	}
	if !found {
		b.Errorf("deliveries are accepted whatever the secrets are: does Vendor.Settings set the webhook's secret?")
	}
}

// reopen opens the connector with one setting changed; false when it refuses to.
func (b *bench) reopen(key, value string) (staffing.WebhookReceiver, bool) {
	settings := connectors.Settings{}
	for k, v := range b.settings {
		settings[k] = v
	}
	settings[key] = value
	if value == "" {
		delete(settings, key)
	}
	c, err := b.kind.Open(deps(b.kind, settings, openOptions{}))
	if err != nil {
		return nil, false
	}
	hooks, ok := c.(staffing.WebhookReceiver)
	return hooks, ok
}

func replaceMiddle(v string) string {
	mid := len(v) / 2
	return v[:mid] + string(another(v[mid])) + v[mid+1:]
}

func hookOld(b *bench, hooks staffing.WebhookReceiver) {
	h, body := b.vendor.Webhook()
	late := b.verify("Verify", hooks, h, body, time.Now().Add(10*time.Minute))
	if late == nil && !b.vendor.SignedTime {
		return // the scheme signs no time
	}
	b.coded("a delivery of ten minutes ago", late, staffing.Unauthorized)
	b.refuses("a delivery from ten minutes ahead", hooks, h, body, time.Now().Add(-10*time.Minute))
}

func hookIDs(b *bench, hooks staffing.WebhookReceiver) {
	h, body := b.vendor.Webhook()
	h2, body2 := b.vendor.Webhook()
	id := hooks.DeliveryID(h, body)
	if id == "" {
		b.Errorf("the delivery has no id")
	}
	if again := hooks.DeliveryID(h.Clone(), slices.Clone(body)); again != id {
		b.Errorf("the same delivery has the ids %q and %q", id, again)
	}
	if other := hooks.DeliveryID(h2, body2); other == id {
		b.Errorf("two deliveries have the same id %q", id)
	}
}

func hookGarbage(b *bench, hooks staffing.WebhookReceiver) {
	h, body := b.vendor.Webhook()
	garbage := [][]byte{nil, {}, []byte("{"), []byte("[]"), []byte("{}"), []byte("null"), []byte("true"), []byte("0"), []byte(`""`), {0xff, 0xfe, 0},
		[]byte("<html>"), []byte(strings.Repeat("[", 20000)), []byte(`{"a":` + strings.Repeat(`{"a":`, 5000)), []byte(strings.Repeat("9", 5000))}
	for i := range 16 {
		garbage = append(garbage, body[:len(body)*i/16])
		if b.vendor.Forged != nil {
			continue // a byte that nothing protects may bend
		}
		bent := slices.Clone(body)
		bent[len(body)*i/16] ^= 0x15
		garbage = append(garbage, bent)
	}
	for _, bad := range garbage {
		for _, header := range []http.Header{h, {}, nil} {
			_ = b.within(quick, "Events of garbage", func(context.Context) error {
				hooks.DeliveryID(header, bad)
				_, err := hooks.Events(header, bad) // an error or none
				return err
			})
			if !b.vendor.UnsignedBody || len(header) == 0 {
				b.refuses("garbage", hooks, header, bad, time.Now())
			}
		}
	}
}
