package mapping

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func BenchmarkRequisition(b *testing.B) {
	mapRequisitions(b, mustCompile(b, clientDoc), json.RawMessage(clientRecord))
}

// BenchmarkDeliveredRequisition maps a payload of a connector's tests, with a
// description of the usual length, by the document that comes with the connector.
func BenchmarkDeliveredRequisition(b *testing.B) {
	doc, err := os.ReadFile("../connectors/greenhouse/mapping.yaml")
	if err != nil {
		b.Fatal(err)
	}
	raw, err := os.ReadFile("../connectors/greenhouse/testdata/requisition.json")
	if err != nil {
		b.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(raw, &record); err != nil {
		b.Fatal(err)
	}
	record["_job_post"].(map[string]any)["content"] = "<p>" + strings.Repeat("We <b>build</b> things that last. ", 60) + "</p>"
	if raw, err = json.Marshal(record); err != nil {
		b.Fatal(err)
	}
	mapRequisitions(b, mustCompile(b, string(doc)), raw)
}

func mapRequisitions(b *testing.B, p *Program, raw json.RawMessage) {
	b.Helper()
	client := testClient()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Requisition(raw, client); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkCompile(b *testing.B) {
	d := mustParse(b, clientDoc)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckCell is what each key in the editor of a cell costs.
func BenchmarkCheckCell(b *testing.B) {
	d, c, with := mustParse(b, clientDoc), Cell{Key: "title", CEL: "trim(raw.name)"}, Sample{Client: testClient()}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := CheckCell(d, secRequisition, c, json.RawMessage(clientRecord), with); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiscover(b *testing.B) {
	payloads := make([]json.RawMessage, 100)
	for i := range payloads {
		payloads[i] = json.RawMessage(clientRecord)
	}
	b.ReportAllocs()
	for b.Loop() {
		Discover(payloads)
	}
}
