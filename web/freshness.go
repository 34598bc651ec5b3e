package web

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// health says in words how fresh a feed is, so that a poll that found nothing is
// told from a poll that failed and from one that did not happen.
func (f Feed) health(now time.Time) word {
	switch {
	case f.State == staffing.ConnectionPaused:
		return word{"Paused by a person", ToneMuted}
	case f.State == staffing.ConnectionNeedsAttention:
		return word{"Stopped: " + orElse(f.StateReason, "the connection needs attention"), ToneBad}
	case f.Failures > 0:
		return word{"Failing, " + plural(f.Failures, "time", "times") + " in a row", ToneBad}
	case f.LastSuccess.IsZero():
		return word{"Not read yet", ToneInfo}
	case f.late(now):
		return word{"Late: last read " + span(now.Sub(f.LastSuccess)) + " ago", ToneWarn}
	case f.Records == 0:
		return word{"Fresh, nothing new", ToneOK}
	default:
		return word{"Fresh, " + plural(f.Records, "record", "records") + " last time", ToneOK}
	}
}

// late says that two polls should have come since the last success.
func (f Feed) late(now time.Time) bool {
	if f.Interval <= 0 || now.IsZero() {
		return false
	}
	return now.Sub(f.LastSuccess) > 2*f.Interval+time.Minute
}

// next says when the feed is read again.
func (f Feed) next(now time.Time) string {
	switch {
	case f.State != staffing.ConnectionActive:
		return "no reading planned"
	case f.Running:
		return "reading now"
	case f.NextPoll.IsZero():
		return "not planned"
	case !f.NextPoll.After(now):
		return "due now"
	default:
		return relative(now, f.NextPoll)
	}
}

// nextPhrase is next within a sentence.
func (f Feed) nextPhrase(now time.Time) string {
	next := f.next(now)
	if f.State == staffing.ConnectionActive && !f.Running && f.NextPoll.After(now) {
		return "next " + next
	}
	return next
}

// feedLabel names a feed for a person.
func feedLabel(f staffing.Feed) string {
	switch f {
	case staffing.FeedRequisitions:
		return "Requisitions"
	case staffing.FeedStatuses:
		return "Candidate statuses"
	case staffing.FeedCandidates:
		return "Recruiters' moves"
	default:
		return humanise(string(f))
	}
}

// worst gives the feed that needs a look most.
func worst(now time.Time, feeds []Feed) (out word, ok bool) {
	rank := map[Tone]int{ToneMuted: 0, ToneOK: 1, ToneInfo: 2, ToneWarn: 3, ToneBad: 4}
	for _, f := range feeds {
		if w := f.health(now); !ok || rank[w.tone] > rank[out.tone] {
			out, ok = w, true
		}
	}
	return out, ok
}

// orElse gives s, or other when s is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
