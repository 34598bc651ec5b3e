package mapping

import (
	"encoding/json"
	"testing"
)

func BenchmarkRequisition(b *testing.B) {
	p := mustCompile(b, clientDoc)
	raw, client := json.RawMessage(clientRecord), testClient()
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
