package store

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// NamedSecret gives a small secret of the hub's own, made by generate and sealed
// when it is asked for the first time. Replicas agree on one.
func (q queries) NamedSecret(ctx context.Context, name string, generate func() ([]byte, error)) ([]byte, error) {
	var sealed []byte
	err := q.get(ctx, &sealed, "secret", `select value from secrets where name = $1`, name)
	if staffing.CodeOf(err) == staffing.NotFound {
		plain, err := generate()
		if err != nil {
			return nil, err
		}
		fresh, err := q.box.Seal(plain, "secrets/"+name)
		if err != nil {
			return nil, err
		}
		if err := q.exec(ctx, "secret", `insert into secrets (name, value, created_at) values ($1, $2, $3) on conflict (name) do nothing`, name, fresh, q.now()); err != nil {
			return nil, err
		}
		err = q.get(ctx, &sealed, "secret", `select value from secrets where name = $1`, name)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	plain, err := q.box.Open(sealed, "secrets/"+name)
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Internal, Message: "a secret of the hub cannot be opened: is the key file the one it was saved with?", Err: err}
	}
	return plain, nil
}
