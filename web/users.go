package web

// tokenLives offers how long a token may live, in days.
func tokenLives() []Option {
	return []Option{
		{Value: "30", Label: "30 days"},
		{Value: "90", Label: "90 days", Selected: true},
		{Value: "365", Label: "1 year"},
	}
}
