package jobs

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// metrics answer the operator's questions: is each connection fresh, does the
// queue drain, do steps fail.
type metrics struct {
	steps   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tributary_steps_total",
			Help: "Attempts of steps by kind and code (ok, or the error's code)."}, []string{"kind", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tributary_step_seconds",
			Help: "How long an attempt of a step took.", Buckets: []float64{.01, .05, .1, .5, 1, 5, 15, 30}}, []string{"kind"}),
	}
	if reg != nil {
		reg.MustRegister(m.steps, m.seconds)
	}
	return m
}

func (m *metrics) step(kind string, err error, took time.Duration) {
	code := "ok"
	if err != nil {
		code = string(staffing.CodeOf(err))
	}
	m.steps.WithLabelValues(kind, code).Inc()
	m.seconds.WithLabelValues(kind).Observe(took.Seconds())
}

// failed counts a poll that failed: its job ends well, because when it is tried
// again is in the feed's row.
func (m *metrics) failed(kind string, err error) {
	m.steps.WithLabelValues(kind, string(staffing.CodeOf(err))).Inc()
}

// Gauges reads freshness and queue depth from the database when it is scraped.
type Gauges struct{ Store *store.Store }

var (
	freshness = prometheus.NewDesc("tributary_feed_seconds_since_success", "Seconds since the last successful poll of a feed; -1: never.", []string{"connection_id", "feed"}, nil)
	depth     = prometheus.NewDesc("tributary_jobs", "Jobs that are not finished, by kind and state.", []string{"kind", "state"}, nil)
	failing   = prometheus.NewDesc("tributary_failed_records", "Records on the page of failed records.", nil, nil)
)

// Describe implements prometheus.Collector.
func (g Gauges) Describe(ch chan<- *prometheus.Desc) {
	ch <- freshness
	ch <- depth
	ch <- failing
}

// Collect implements prometheus.Collector. What cannot be read is left out: an
// alert on absence tells.
func (g Gauges) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if feeds, err := g.Store.Feeds(ctx, noConnection); err == nil {
		for _, f := range feeds {
			age := -1.0
			if f.LastSuccessAt != nil {
				age = g.Store.Now().Sub(*f.LastSuccessAt).Seconds()
			}
			ch <- prometheus.MustNewConstMetric(freshness, prometheus.GaugeValue, age, f.ConnectionID.String(), string(f.Feed))
		}
	}
	if depths, err := g.Store.JobDepths(ctx); err == nil {
		for _, d := range depths {
			ch <- prometheus.MustNewConstMetric(depth, prometheus.GaugeValue, float64(d.Count), d.Kind, d.State)
		}
	}
	if c, err := g.Store.Counts(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(failing, prometheus.GaugeValue, float64(c.Failed))
	}
}
