package jobadder

import (
	"context"
	"net/url"
	"strconv"
)

// walk is a position in a list that is read in the order of creation. It goes on
// from the last row's time, not from a count, so that a row that is deleted or
// changed meanwhile moves no other out of sight. Only among rows of one time it
// counts. Applications cannot be sorted by updatedAt.
type walk struct {
	Since   string `json:"since,omitempty"`   // updatedAt at or after; "" is any
	Created string `json:"created,omitempty"` // createdAt at or after
	Skip    int    `json:"skip,omitempty"`    // rows of exactly that time that were given
}

// step reads one page and says where the walk goes on; nil at its end.
func (c *Connector) step(ctx context.Context, path string, w walk, limit int) (page, *walk, error) {
	q := url.Values{"Sort": {"createdAt"}, "Limit": {strconv.Itoa(limit)}}
	if w.Since != "" {
		q.Set("UpdatedAt", ">"+w.Since)
	}
	if w.Created != "" {
		q.Set("CreatedAt", ">"+w.Created)
	}
	if w.Skip > 0 {
		q.Set("Offset", strconv.Itoa(w.Skip))
	}
	p, err := c.list(ctx, path, q)
	if err != nil {
		return page{}, nil, err
	}
	rows := p.items
	if len(rows) == 0 || len(rows) < limit && w.Skip+len(rows) >= p.total {
		return p, nil, nil
	}
	next := w
	last := rows[len(rows)-1]
	if last.time("createdAt").IsZero() || last.text("createdAt") == w.Created {
		next.Skip += len(rows)
	} else {
		next.Created, next.Skip = last.text("createdAt"), 0
	}
	return p, &next, nil
}
