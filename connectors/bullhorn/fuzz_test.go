package bullhorn

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"testing"
)

// FuzzEvents reads what the vendor's queue may give. Whatever comes, every event
// is told from a submission or made a record that fails visibly.
func FuzzEvents(f *testing.F) {
	for _, s := range []string{`{}`, ``, `null`, `[]`, `{"requestId":2,"events":[{"eventId":"ID:JBM-1","entityName":"JobSubmission","entityId":7,"entityEventType":"UPDATED",
		"eventTimestamp":1455801557624,"updatedProperties":["status"]}]}`, `{"requestId":"x","events":[1,{},{"entityId":"7"}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := parseBatch(body)
		dirty, bad := b.dirty(), b.unparsed()
		if len(dirty)+len(bad) > len(b.Events) {
			t.Errorf("%d events give %d submissions and %d failures", len(b.Events), len(dirty), len(bad))
		}
		for _, r := range bad {
			if !json.Valid(r.Raw) || r.ExternalID == "" {
				t.Errorf("an unusable record: %+v", r)
			}
		}
		if y := b.latest().Year(); y > 9999 {
			t.Errorf("the year %d cannot be saved", y)
		}
		if _, err := (cursor{Request: b.Request, Seen: b.latest()}).page(nil, false, nil); err != nil {
			t.Error(err)
		}
	})
}

// FuzzContent compares the streaming reader with the standard library where that
// one accepts the answer.
func FuzzContent(f *testing.F) {
	f.Add([]byte(`{"File":{"contentType":"text/plain","fileContent":"VGhpcw==","name":"a.txt"}}`))
	f.Add([]byte(`{"File":{"name":"\"fileContent\":","fileContent":"VG\/p\u0063w=="}}`))
	f.Add([]byte(`{"fileContent":"`))
	f.Fuzz(func(t *testing.T, body []byte) {
		in := bufio.NewReader(bytes.NewReader(body))
		var got []byte
		err := seekContent(in)
		if err == nil {
			got, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, &jsonText{in: in}))
		}
		var whole struct {
			File struct {
				Content *string `json:"fileContent"`
			}
		}
		strict := json.Unmarshal(body, &whole) == nil && whole.File.Content != nil && bytes.Count(body, []byte("fileContent")) == 1
		if !strict {
			return // garbage: that it ends is enough
		}
		want, wantErr := base64.StdEncoding.DecodeString(*whole.File.Content)
		if wantErr == nil && (err != nil || !bytes.Equal(got, want)) {
			t.Errorf("got %q and %v, want %q", got, err, want)
		}
	})
}

// FuzzUnmask takes masked values out of anything that JSON can hold.
func FuzzUnmask(f *testing.F) {
	f.Add([]byte(`{"id":1,"email":"**CONFIDENTIAL**","a":[{"b":" **CONFIDENTIAL** "}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r row
		if json.Unmarshal(body, &r) != nil || r == nil {
			return
		}
		rec, err := r.record()
		if err != nil || !json.Valid(rec.Raw) {
			t.Errorf("%s: %v", rec.Raw, err)
		}
	})
}

// FuzzFieldMap reads an entry of a field map: what is offered has a key and a label, and
// a job map with it makes instances of custom objects or is refused.
func FuzzFieldMap(f *testing.F) {
	f.Add([]byte(`{"name":"customObject1s","type":"TO_MANY","associatedEntity":{"label":"More","fields":[{"name":"text1","type":"SCALAR","label":"A"},1,null]}}`))
	f.Add([]byte(`{"name":"customObject1s","type":"TO_MANY","customObject1s":{"text1":"x"},"customObject2s":[null]}`))
	c := &Connector{set: map[string]string{"candidate_fields": "customObject1s(text1"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var r row
		if json.Unmarshal(body, &r) != nil || r == nil {
			return
		}
		for _, home := range c.metaHomes() {
			for _, v := range home.fields(r) {
				if v.Key == "" || v.Label == "" || v.Section == "" {
					t.Errorf("%+v of %s", v, body)
				}
			}
		}
		names, err := r.customObjects()
		for _, name := range names {
			if _, ok := r[name].([]any); !ok && err == nil {
				t.Errorf("%s of %s is no list", name, body)
			}
		}
	})
}
